import { createHash } from 'node:crypto';
import type { BadRecord } from '../../core/audit-walk.js';
import type { Notice } from '../../core/notice.js';
import type { KeptCheckpoint } from '../../store/checkpoints.js';

/** The same news has the same id. */
export const noticeId = (...parts: readonly (string | number)[]): string =>
  `n_${createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 32)}`;

const count = (records: number): string => records.toLocaleString('en-US');

/** The hourly checkpoint, for a place outside where nobody here can change it. */
export const checkpointNotice = ({ epoch, size, root, note, at }: KeptCheckpoint): Notice => ({
  id: noticeId('checkpoint', note),
  kind: 'audit.checkpoint',
  at,
  title: `Audit log: ${count(size)} ${size === 1 ? 'record' : 'records'}`,
  text: `Keep this message: "halflight audit verify --checkpoint FILE" holds the log against it.\n\n${note}`,
  subject: 'audit/checkpoint',
  severity: 'info',
  details: { epoch, size, root, note },
});

/** How the outcome of a walk over the whole log begins: `doctor` goes by it. */
export const goodWalk = 'whole and good';
export const badWalk = 'NOT whole';

/** In words, behind "record N". */
export const badWords: Readonly<Record<BadRecord['why'], string>> = {
  changed: 'was changed, or what stood before it is gone',
  missing: 'is missing',
  inserted: 'was put in',
  cut: 'and all after it are gone',
  rewritten: 'is not what was signed',
};

/** What is bad, in a sentence: records are named by their number, from 1 on, and by their index, from 0 on. */
export const badSentence = ({ index, until, why }: BadRecord): string =>
  until > index
    ? `Of records ${index + 1} to ${until + 1} (index ${index} to ${until}) one or more are not what was signed`
    : `Record ${index + 1} (index ${index}) ${badWords[why]}`;

/** What was signed: a size of the log and the root at it, 64 hexadecimal digits. */
export type SignedSize = Pick<KeptCheckpoint, 'epoch' | 'size' | 'root'>;

/** That the log is not what was signed. The same trouble has the same id, so that it is told once. */
export const brokenNotice = (bad: BadRecord, known: SignedSize | undefined, at: number): Notice => ({
  // What comes to a log that was cut off moves the record at which that shows.
  id:
    known === undefined
      ? noticeId('audit.broken', bad.index, bad.why)
      : noticeId('audit.broken', known.epoch, known.size, known.root),
  kind: 'audit.broken',
  at,
  title: 'The audit log was tampered with, or an older database was put back',
  text: `${badSentence(bad)}.${known === undefined ? '' : ` A checkpoint of ${count(known.size)} records says so.`} No checkpoint is signed until this is settled. Keep the database as it is, and run "halflight audit verify".`,
  subject: 'audit/broken',
  severity: 'high',
  details: {
    record: bad.index + 1,
    index: bad.index,
    until: bad.until,
    why: bad.why,
    epoch: known?.epoch ?? null,
    size: known?.size ?? null,
    root: known?.root ?? null,
  },
});
