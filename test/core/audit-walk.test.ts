import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditCheckpointText, openAuditCheckpoint, splitNotes } from '../../src/core/audit-checkpoint.js';
import { type BadRecord, ChainWalk, type Known, type Walked } from '../../src/core/audit-walk.js';
import { signerOf } from '../../src/core/signed-note.js';
import { type OracleRecord, recordHash, treeRoot, zeros } from '../helpers/audit-oracle.js';
import { random } from '../helpers/random.js';

// G14. `AUDIT_MUTATIONS=100000 AUDIT_CLEAN=10000 npx vitest run test/core/audit-walk.test.ts` is the full size.
const mutations = Number(process.env.AUDIT_MUTATIONS ?? 2000);
const clean = Number(process.env.AUDIT_CLEAN ?? 300);

const next = random(20_261_126);
const upTo = (most: number): number => Math.floor(next() * most);
const oneOf = <T>(list: readonly T[]): T => list[upTo(list.length)] ?? (list[0] as T);
const word = (): string => oneOf(['ada', 'grace', 'é\u2028"\\', '{"a":1}', '', '\ud83d\ude00', 'x'.repeat(90)]);

/** Hashes and links of records from an index on, as somebody makes them who knows how. */
function link(records: readonly OracleRecord[], from = 0, to = records.length): OracleRecord[] {
  const linked = [...records];
  for (let at = from; at < to; at++) {
    const record = { ...(linked[at] as OracleRecord), seq: at + 1, previous: linked[at - 1]?.hash ?? zeros };
    linked[at] = { ...record, hash: recordHash(record) };
  }
  return linked;
}

const anyRecord = (at: number): OracleRecord => ({
  seq: at + 1,
  at: 1_790_000_000_000 + upTo(1e9),
  who: `cli:${word()}`,
  action: oneOf(['hold.set', 'token.created', 'notice.sent']),
  subject: word(),
  details: JSON.stringify({ why: word(), n: upTo(9) }),
  previous: zeros,
  hash: zeros,
});

interface Log {
  records: OracleRecord[];
  known: Known[];
  /** Sizes of the checkpoints, ascending. */
  sizes: number[];
}

function anyLog(): Log {
  const records = link(Array.from({ length: 2 + upTo(30) }, (_, at) => anyRecord(at)));
  const sizes = [...new Set(Array.from({ length: 1 + upTo(5) }, () => 1 + upTo(records.length)))].sort((a, b) => a - b);
  const known = sizes.map((size) => ({
    epoch: 1,
    size,
    root: treeRoot(records.slice(0, size).map(({ hash }) => hash)),
  }));
  return { records, known, sizes };
}
const logs = Array.from({ length: 200 }, anyLog);

function walk(records: readonly OracleRecord[], known: readonly Known[]): Walked {
  const walking = new ChainWalk(known, []);
  // In the order in which a database gives them.
  const sorted = [...records].sort((a, b) => a.seq - b.seq);
  const fits = sorted.every((record) => walking.add(record));
  const walked = walking.end();
  // The fast way says that all is well exactly where the plain one does, and what it leaves to that comes to the same.
  const fast = new ChainWalk(known, []);
  const from = upTo(sorted.length);
  const pages = [sorted.slice(0, from), sorted.slice(Math.max(0, from - 1))].filter((page) => page.length > 0);
  const fastFits = pages.every((page) => fast.addLines(page.map(lineOf).join('\n'), page.length));
  expect(fastFits).toBe(fits);
  sorted.slice(fast.size).every((record) => fast.add(record));
  expect(outcome(fast.end())).toEqual(outcome(walked));
  return walked;
}

const outcome = ({ tree, ...walked }: Walked) => ({ ...walked, root: tree.root().toString('hex') });
const lineOf = ({ seq, at, who, action, subject, details, previous, hash }: OracleRecord): string =>
  `${JSON.stringify([seq, at, who, action, subject, details, previous])}${hash}`;

interface Mutated {
  records: OracleRecord[];
  /** The first record that is not what it was. */
  first: number;
  /** What must be said: exactly that one; or that it is one of those between two checkpoints. */
  expected: Pick<BadRecord, 'index' | 'until'>;
}

const exactly = (index: number): Mutated['expected'] => ({ index, until: index });
/** What checkpoints alone can tell of a first change at an index. */
const between = ({ sizes }: Log, first: number): Mutated['expected'] => ({
  index: sizes.filter((size) => size <= first).at(-1) ?? 0,
  until: (sizes.find((size) => size > first) ?? Number.NaN) - 1,
});
const renumbered = (records: readonly OracleRecord[]): OracleRecord[] =>
  records.map((record, at) => ({ ...record, seq: at + 1 }));

/** Another value of a field. */
function changed(record: OracleRecord): OracleRecord {
  const field = oneOf(['at', 'who', 'action', 'subject', 'details', 'previous'] as const);
  if (field === 'at') return { ...record, at: record.at + 1 + upTo(1000) };
  return { ...record, [field]: field === 'previous' ? recordHash({ ...record, who: 'other' }) : `${record[field]}.` };
}

/** The kinds of mutation; undefined: this log does not bear it, or nothing could show it yet. */
const kinds: Record<string, (log: Log) => Mutated | undefined> = {
  'a field was changed': ({ records }) => {
    const at = upTo(records.length);
    return {
      records: records.map((record, n) => (n === at ? changed(record) : record)),
      first: at,
      expected: exactly(at),
    };
  },
  'a hash was changed': ({ records }) => {
    const at = upTo(records.length);
    const hash = recordHash({ ...(records[at] as OracleRecord), subject: 'other than before' });
    return {
      records: records.map((record, n) => (n === at ? { ...record, hash } : record)),
      first: at,
      expected: exactly(at),
    };
  },
  'a number was changed': ({ records }) => {
    const at = upTo(records.length);
    const down = next() < 0.5;
    const seq = down ? -upTo(100) : records.length + 1 + upTo(100);
    // The last one cannot go further to the end than it is; its place is free then.
    const first = down ? 0 : at;
    return {
      records: records.map((record, n) => (n === at ? { ...record, seq } : record)),
      first,
      expected: exactly(first),
    };
  },
  'a record was changed with its hash': (log) => {
    const at = upTo(log.records.length);
    const records = log.records.map((record, n) => (n === at ? { ...record, who: `${record.who}!` } : record));
    records[at] = { ...(records[at] as OracleRecord), hash: recordHash(records[at] as OracleRecord) };
    if (log.sizes.includes(at + 1)) return { records, first: at, expected: between(log, at) };
    return at === records.length - 1 ? undefined : { records, first: at, expected: exactly(at) };
  },
  'a record was deleted': ({ records, sizes }) => {
    const at = upTo(records.length);
    if (at === records.length - 1 && (sizes.at(-1) ?? 0) < records.length) return undefined;
    return { records: records.filter((_, n) => n !== at), first: at, expected: exactly(at) };
  },
  'a record was deleted and the rest renumbered': ({ records }) => {
    const at = upTo(records.length - 1);
    return { records: renumbered(records.filter((_, n) => n !== at)), first: at, expected: exactly(at) };
  },
  'a record was put in': ({ records }) => {
    const at = upTo(records.length + 1);
    return { records: renumbered(records.toSpliced(at, 0, anyRecord(at))), first: at, expected: exactly(at) };
  },
  'a copy was put in': ({ records }) => {
    const at = 1 + upTo(records.length);
    const copy = records[upTo(at)] as OracleRecord;
    return { records: renumbered(records.toSpliced(at, 0, copy)), first: at, expected: exactly(at) };
  },
  'a record with a right hash was put in': (log) => {
    const at = upTo(log.records.length);
    const records = renumbered(link(log.records.toSpliced(at, 0, anyRecord(at)), at, at + 1));
    return { records, first: at, expected: log.sizes.includes(at + 1) ? between(log, at) : exactly(at) };
  },
  'two records changed places': ({ records }) => {
    const [a, b] = [upTo(records.length), upTo(records.length)];
    if (a === b) return undefined;
    const swapped = [...records];
    [swapped[a], swapped[b]] = [records[b] as OracleRecord, records[a] as OracleRecord];
    return { records: renumbered(swapped), first: Math.min(a, b), expected: exactly(Math.min(a, b)) };
  },
  'the end was cut off': ({ records, sizes }) => {
    const left = upTo(sizes.at(-1) ?? 0);
    return { records: records.slice(0, left), first: left, expected: exactly(left) };
  },
  'all from one on was written anew': (log) => {
    const at = upTo(log.sizes.at(-1) ?? 0);
    const records = link(
      log.records.map((record, n) => (n === at ? { ...record, subject: `${record.subject}?` } : record)),
      at,
    );
    return { records, first: at, expected: between(log, at) };
  },
  'one was taken out and all after it written anew': (log) => {
    const at = upTo(log.sizes.at(-1) ?? 0);
    const records = link(
      log.records.filter((_, n) => n !== at),
      at,
    );
    const reached = log.sizes.find((size) => size > at && size <= records.length);
    // Where the log is now too short for the next checkpoint, that is what shows.
    return { records, first: at, expected: reached === undefined ? exactly(records.length) : between(log, at) };
  },
  'an older database went on': (log) => {
    const left = upTo(log.sizes.at(-1) ?? 0);
    const more = Array.from({ length: 1 + upTo(12) }, (_, n) => anyRecord(left + n));
    const records = link([...log.records.slice(0, left), ...more], left);
    const reached = log.sizes.find((size) => size > left && size <= records.length);
    return { records, first: left, expected: reached === undefined ? exactly(records.length) : between(log, left) };
  },
};

describe('G14 the walk over the audit log', () => {
  it(`finds each of ${mutations} mutations, and the first record that is bad`, () => {
    const names = Object.keys(kinds);
    const done = new Map<string, number>();
    for (let n = 0; n < mutations; ) {
      const name = names[n % names.length] as string;
      const log = oneOf(logs);
      const mutated = kinds[name]?.(log);
      if (mutated === undefined) continue;
      n++;
      done.set(name, (done.get(name) ?? 0) + 1);
      const { bad, vouched } = walk(mutated.records, log.known);
      if (bad === undefined) expect.fail(`${name}: not found`);
      if (bad.index !== mutated.expected.index || bad.until !== mutated.expected.until)
        expect({ name, bad }).toEqual({ name, bad: mutated.expected });
      // What a checkpoint vouches for is what it was.
      if (vouched > mutated.first) expect.fail(`${name}: vouches for ${vouched}, and ${mutated.first} is bad`);
    }
    expect(done.size).toBe(names.length);
  });

  it(`raises no alarm in ${clean} clean logs, walked whole or from a checkpoint on`, () => {
    for (let n = 0; n < clean; n++) {
      const { records, known, sizes } = anyLog();
      const whole = walk(records, known);
      expect([whole.bad, whole.vouched, whole.records, whole.checkpoints]).toEqual([
        undefined,
        sizes.at(-1),
        records.length,
        { fit: sizes.length, lost: 0, open: 0 },
      ]);
      const from = oneOf(sizes);
      const first = walk(
        records.slice(0, from),
        known.filter(({ size }) => size <= from),
      );
      const rest = new ChainWalk(known, [], { tree: first.tree, head: first.head });
      expect(records.slice(from).every((record) => rest.add(record))).toBe(true);
      const end = rest.end();
      expect([end.bad, end.tree.root().equals(treeRoot(records.map(({ hash }) => hash)))]).toEqual([undefined, true]);
    }
  });

  it('what came since the last checkpoint, written anew with right hashes, is not found: nothing knows it yet', () => {
    const log = logs.find(({ records, sizes }) => (sizes.at(-1) ?? 0) < records.length - 1) ?? expect.fail();
    const at = log.records.length - 1;
    const records = link(
      log.records.map((record, n) => (n === at ? { ...record, who: 'cli:eve' } : record)),
      at,
    );
    expect(walk(records, log.known).bad).toBe(undefined);
  });

  it('a record that hides in the text of another is not taken for one', () => {
    const [a, b, c] = (logs.find(({ records }) => records.length > 2) ?? expect.fail()).records.map(lineOf);
    const walking = new ChainWalk([], []);
    expect(walking.addLines(`${a}\n${b}\n${c}`, 2)).toBe(false);
    expect(walking.size).toBe(0);
    expect(walking.addLines(`${a}\n${b}`, 2)).toBe(true);
    // A page that goes on begins with the last record.
    expect(walking.addLines(`${c}`, 1)).toBe(false);
    expect(walking.addLines('', 0)).toBe(false);
    expect(walking.addLines(`${b}\n${b}`, 2)).toBe(false);
    expect(walking.addLines(`${b}\n${c}\n`, 3)).toBe(false);
    expect(walking.size).toBe(3);
    expect(walking.end().bad).toBe(undefined);
  });

  it('checkpoints of before an accepted loss bind only the records that were kept', () => {
    const { records } = logs[0] ?? expect.fail();
    const root = (size: number): Buffer => treeRoot(records.slice(0, size).map(({ hash }) => hash));
    const known = [
      { epoch: 1, size: 1, root: root(1) },
      { epoch: 1, size: 2, root: Buffer.alloc(32, 7) },
      { epoch: 1, size: 900, root: Buffer.alloc(32, 7) },
      { epoch: 2, size: 2, root: root(2) },
    ];
    const walking = new ChainWalk(known, [{ epoch: 2, kept: 1 }]);
    for (const record of records) walking.add(record);
    expect(walking.end()).toMatchObject({ bad: undefined, vouched: 2, checkpoints: { fit: 2, lost: 2, open: 0 } });
    const wrong = new ChainWalk([...known, { epoch: 2, size: 1, root: Buffer.alloc(32, 7) }], [{ epoch: 2, kept: 1 }]);
    for (const record of records) wrong.add(record);
    expect(wrong.end().bad).toEqual({ index: 0, until: 0, why: 'rewritten' });
  });
});

describe('notes of checkpoints', () => {
  const signer = signerOf('halflight.test/log', generateKeyPairSync('ed25519').privateKey);
  const made = (size: number, epoch = 1): string =>
    signer.sign(
      auditCheckpointText({
        log: 'halflight.test/log',
        epoch,
        size,
        root: Buffer.alloc(32, size),
        head: 'ab'.repeat(32),
        at: 1_790_000_000_000,
      }),
    );

  it('one byte that is other makes it no checkpoint, wherever it stands', () => {
    const note = Buffer.from(made(1234));
    for (let at = 0; at < note.length; at++) {
      const other = Buffer.from(note);
      other[at] = (other[at] as number) ^ (1 << upTo(7));
      expect(openAuditCheckpoint(other.toString('utf8'), [signer]), `byte ${at}`).toBe(undefined);
    }
    expect(openAuditCheckpoint(note.toString('utf8'), [signer])).toMatchObject({
      size: 1234,
      epoch: 1,
      log: 'halflight.test/log',
    });
    // The same key under whatever name it has in the note, and never another key.
    expect(openAuditCheckpoint(note.toString('utf8'), [{ publicKey: signer.publicKey }])).toMatchObject({ size: 1234 });
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(openAuditCheckpoint(note.toString('utf8'), [{ publicKey: other }])).toBe(undefined);
    expect(openAuditCheckpoint(note.toString('utf8'), [{ name: 'other/log', publicKey: signer.publicKey }])).toBe(
      undefined,
    );
  });

  it('the origin is that of the epoch', () => {
    expect(made(1, 2).split('\n')[0]).toBe('halflight.test/log/2');
    expect(openAuditCheckpoint(made(1, 2), [signer])).toMatchObject({ epoch: 2, log: 'halflight.test/log' });
    const lying = signer.sign(
      `halflight.test/log/3\n1\n${Buffer.alloc(32).toString('base64')}\nepoch 2\ntime 2026-11-26T11:00:00.000Z\nhead ${'ab'.repeat(32)}\n`,
    );
    expect(openAuditCheckpoint(lying, [signer])).toBe(undefined);
  });

  it('many are found in one text, between whatever people write', () => {
    const notes = [made(1), made(2), made(3, 2)];
    const text = `Mail of Monday\n\n${notes[0]}\n\nand another:\n\n${notes[1]}${notes[2]}\nBye\n`;
    expect(splitNotes(text)).toEqual(notes);
    expect(splitNotes(text.replaceAll('\n', '\r\n'))).toEqual(notes);
    expect(splitNotes('nothing\n\n\u2014 x\n').length).toBe(1);
    expect(splitNotes('')).toEqual([]);
    // Linear: a hostile file costs no more than its length.
    expect(splitNotes(`${'a\n'.repeat(200_000)}\n`)).toEqual([]);
  });
});
