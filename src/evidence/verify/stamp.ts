import type { X509Certificate } from 'node:crypto';
import { safeLine } from '../../core/terminal.js';
import { stampName } from '../format.js';
import { DerError } from '../timestamp/der.js';
import { imprintOf, readStored } from '../timestamp/response.js';
import { tokenFault, trustFault } from '../timestamp/trust.js';
import { BundleError, need } from './problem.js';

export interface CheckedStamp {
  /** RFC 3339: from then on the signed note was there. */
  at: string;
  /** Who says so, as the certificate names it, on one line. */
  by: string;
  /** Whether the authority is one that the caller trusts; else only that the stamp is of this bundle and fits in itself. */
  trusted: boolean;
}

/** Checks the time stamp of a note. @throws BundleError, also where an authority is given and there is no stamp */
export function checkStamp(
  note: Buffer,
  stamp: Buffer | undefined,
  authority: X509Certificate | undefined,
): CheckedStamp | null {
  if (stamp === undefined) {
    need(authority === undefined, 'timestamp', 'there is no time stamp');
    return null;
  }
  try {
    const token = readStored(stamp);
    const fault = tokenFault(token, imprintOf(note)) ?? (authority && trustFault(token, authority));
    need(fault === undefined, 'timestamp', `${stampName} ${fault}`);
    const by = safeLine(token.signer.subject.split('\n').join(', '));
    return { at: new Date(token.at).toISOString(), by, trusted: authority !== undefined };
  } catch (error) {
    if (error instanceof DerError)
      throw new BundleError('timestamp', `${stampName} is no time stamp: ${error.message}`);
    throw error;
  }
}
