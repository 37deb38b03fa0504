import { type Format, leaseSkip, type Outcome, type Sample, skip } from '../../core/format.js';
import { canonicalIp } from '../../core/host.js';
import type { LeaseNote } from '../../core/lease.js';
import { known } from '../../core/text.js';
import { share } from './detect.js';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A lease of which address, time and holder were read; what lacks one of them is of no use, and no error. */
export function leaseOf(note: { [K in keyof LeaseNote]?: LeaseNote[K] | undefined }): Outcome {
  const { address, at, user, device, mac } = note;
  if (address === undefined || canonicalIp(address) === undefined || at === undefined)
    return skip('a lease without an address or a time');
  if (note.ended !== true && known(user) === undefined && known(device) === undefined && known(mac) === undefined)
    return skip('a lease of nobody');
  return leaseSkip({ ...note, address, at });
}

/** Detection by lines that only this product writes; all that its other lines have in common is `beside`. */
export function detectLeases(sample: Sample, own: RegExp, beside: RegExp, why: string): ReturnType<Format['detect']> {
  const start = (line: string): string => line.slice(0, 300);
  if (!sample.lines.some((line) => own.test(start(line)))) return undefined;
  const fitting = share(sample.lines, (line) => beside.test(start(line)));
  return { confidence: 0.3 + 0.67 * fitting, why };
}

/** A host name in brackets or quotes, as servers log it. */
export const bareName = (text: string | undefined): string | undefined =>
  known(text?.replace(/^[("]+|[)"]+$/g, '').trim());
