import { type Egress, EgressError } from '../../net/egress.js';
import { DerError } from './der.js';
import { imprintOf, readStored, storedAnswer, timestampRequest, tokenOf } from './response.js';
import { tokenFault } from './trust.js';

/** A time stamp, or why there is none. */
export type Stamped = { stamp: Buffer; at: number } | { why: string };

const patienceMs = 20_000;
const maxAnswerBytes = 1 << 16;

/**
 * Asks a time-stamping authority (RFC 3161 section 3.4) for a stamp of a signed note, and checks that the answer is of this note and this
 * question. Whose signature it is, who checks the bundle sees. Never throws.
 */
export async function askForStamp(egress: Egress, url: string, note: Uint8Array): Promise<Stamped> {
  const imprint = imprintOf(note);
  const { bytes, nonce } = timestampRequest(imprint);
  try {
    const { status, body } = await egress.request({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: bytes,
      timeoutMs: patienceMs,
      maxBytes: maxAnswerBytes,
    });
    if (status !== 200) return { why: `it answered with status ${status}` };
    const stamp = storedAnswer(tokenOf(body));
    const token = readStored(stamp);
    if (token.nonce === undefined || !token.nonce.equals(nonce)) return { why: 'its answer is to another question' };
    const fault = tokenFault(token, imprint);
    return fault === undefined ? { stamp, at: token.at } : { why: `its answer ${fault}` };
  } catch (error) {
    if (error instanceof EgressError) return { why: error.message };
    if (error instanceof DerError) return { why: `its answer cannot be taken: ${error.message}` };
    throw error;
  }
}
