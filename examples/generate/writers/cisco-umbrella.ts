import { stamp } from '../time.js';
import type { Rec, Writer } from '../types.js';
import { addressOf, lines, quoted, status, url } from './shared.js';

const person = ({ who }: Rec): string => `${who.last}, ${who.first} (${who.email})`;

/** Umbrella DNS log of the S3 bucket: the roaming computer is all that is known of the person. */
export const umbrellaDns: Writer = {
  ...lines,
  format: 'cisco-umbrella-dns',
  line: (rec) =>
    quoted([
      stamp(rec.at),
      rec.who.device,
      rec.who.device,
      rec.who.address,
      '192.0.2.20',
      rec.blocked ? 'Blocked' : 'Allowed',
      '1 (A)',
      'NOERROR',
      `${rec.host}.`,
      'Software/Technology',
      'Roaming Computers',
      'Roaming Computers',
      '',
    ]),
};

/** Umbrella secure web gateway log: people as `Last, First (mail)`. */
export const umbrellaProxy: Writer = {
  ...lines,
  format: 'cisco-umbrella-proxy',
  line: (rec) =>
    quoted([
      stamp(rec.at),
      person(rec),
      rec.who.address,
      '192.0.2.20',
      addressOf(rec.host),
      'text/html',
      rec.blocked ? 'BLOCKED' : 'ALLOWED',
      url(rec),
      '',
      rec.agent,
      status(rec),
      rec.sent,
      rec.received,
      rec.received,
      '',
      'Software/Technology',
      '',
      '',
      '',
      '',
      '',
      'AD Users',
      '',
      `${person(rec)},${rec.who.device}`,
      'AD Users,Roaming Computers',
      rec.method,
    ]),
};
