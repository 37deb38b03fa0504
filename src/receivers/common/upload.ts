import { createHash } from 'node:crypto';
import { Gate, type Pace, pacedBody } from './body.js';
import { type HttpOutcome, type HttpRequest, headerOf, Refusal } from './http.js';
import { Parts } from './parts.js';
import { outcomeOf, type PushContext, tooMany } from './push.js';

/** What `meta` of the last record of an upload holds. The file is stored as it was sent, packed or not. */
export interface UploadMeta {
  id: string;
  /** Hexadecimal, of the stored bytes: with the source it is the identity of the upload. */
  sha256: string;
  /** As the sender gave it, cut to 255 characters: data, to be escaped where it is shown, and never a path. */
  name: string;
  bytes: number;
  token: string;
  remote: string;
}

const partBytes = 8 << 20;
export const maxUploadBytes = 2 * 2 ** 30;
const defaultPace: Pace = { idle: 60_000, total: 4 * 3_600_000 };
// Each holds up to one part and its predecessor on the way to the disk.
const gate = new Gate(8, 4);

/** Takes a file as it is: all of it or nothing. The answer comes when it is on disk. Never throws. */
export async function receiveUpload(
  request: HttpRequest,
  context: PushContext & { maxBytes?: number | undefined },
): Promise<HttpOutcome> {
  try {
    const wait = context.quota?.request(request.source);
    if (wait !== undefined) throw tooMany(wait);
    const leave = gate.enter(request.source);
    try {
      return await take(request, context, context.maxBytes ?? maxUploadBytes);
    } finally {
      leave();
    }
  } catch (error) {
    return outcomeOf(error);
  }
}

async function take(request: HttpRequest, context: PushContext, maxBytes: number): Promise<HttpOutcome> {
  const { source, token, remote } = request;
  if (Number(headerOf(request, 'content-length')) > maxBytes) throw tooLarge(maxBytes);
  const parts = new Parts(context.spool, { source, kind: 'upload', receivedAt: context.now() }, partBytes);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of pacedBody(request.body, context.pace ?? defaultPace)) {
      const wait = context.quota?.bytes(source, piece.length);
      if (wait !== undefined) throw tooMany(wait);
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(piece);
      await parts.add(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    }
    if (bytes === 0) throw new Refusal(400, 'Empty file', 'The file has no bytes: nothing was taken.');
    const sha256 = hash.digest('hex');
    const name = (request.name ?? '').slice(0, 255);
    await parts.finish({ sha256, name, bytes, token, remote });
    return { status: 200, body: { accepted: bytes, id: parts.id, sha256 } };
  } catch (error) {
    parts.giveUp();
    throw error;
  }
}

const tooLarge = (bytes: number): Refusal =>
  new Refusal(413, 'File too large', `The file has more than ${bytes} bytes: cut it into several.`);
