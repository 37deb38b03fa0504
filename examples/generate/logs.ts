import { type LogFile, logFiles } from './files.js';
import { makeRec, officeTime, ordinary } from './ordinary/ordinary.js';
import { broken, noise } from './plan/broken.js';
import type { Plan } from './plan/index.js';
import { rng } from './rng.js';
import { dayMs, firstDay } from './time.js';
import type { Planted, Rec } from './types.js';

/** A log file as text, and what a reader of it ought to count. */
export interface BuiltLog {
  file: LogFile;
  content: Buffer;
  records: number;
  skipped: number;
  /** By reason. */
  rejected: Readonly<Record<string, number>>;
  /** Lines on which they stand, from 1. */
  rejectLines: readonly number[];
  /** What each planted thing wrote into it. */
  planted: ReadonlyMap<string, readonly Rec[]>;
}

/** The records of something planted. */
export function recordsOf(item: Planted & { blockedFrom?: number }, file: LogFile): Rec[] {
  const random = rng(item.id);
  const records: Rec[] = [];
  const add = (at: number, who: Rec['who'], day: number): void => {
    const blocked = item.blockedFrom !== undefined && day >= item.blockedFrom;
    records.push(makeRec(random, at, who, blocked, item.look));
  };
  for (const who of item.who) {
    if (who.kind === 'person' && !file.people.includes(who) && file.ordinary.kind !== 'expense')
      throw new Error(`${item.id}: ${who.id} of ${who.group} is not seen by ${file.key}`);
    for (const time of item.times ?? []) add(Date.parse(time), who, 0);
    for (const day of item.days)
      for (let i = 0; i < item.perDay; i++) {
        const at = file.ordinary.kind === 'expense' ? firstDay + day * dayMs : officeTime(random, day, file.writer.ms);
        add(at, who, day);
      }
  }
  return records;
}

function plantedIn(file: LogFile, plan: Plan): Map<string, readonly Rec[]> {
  const items = [...plan.facts, ...plan.candidates].filter((item) => item.file === file.key);
  return new Map(items.map((item) => [item.id, recordsOf(item, file)]));
}

/** What is planted in a file and its ordinary records, in the order of time. */
function recordsIn(file: LogFile, planted: ReadonlyMap<string, readonly Rec[]>): Rec[] {
  const { kind, count } = file.ordinary;
  const options = { ms: file.writer.ms, tunnels: file.tunnels === true };
  const all = [...ordinary(file.key, kind, count, file.people, options), ...[...planted.values()].flat()];
  return all.sort((a, b) => a.at - b.at);
}

/** Writes one log file: what is planted in it among ordinary records, in the order of time, broken ones spread over it. */
export function buildLog(file: LogFile, plan: Plan): BuiltLog {
  const original = logFiles.find(({ key }) => key === file.copyOf?.key);
  // What is in a copy is planted once, in the original.
  const planted = original === undefined ? plantedIn(file, plan) : new Map<string, readonly Rec[]>();
  const before = file.copyOf === undefined ? Number.POSITIVE_INFINITY : firstDay + file.copyOf.before * dayMs;
  const all = (
    original === undefined ? recordsIn(file, planted) : recordsIn(original, plantedIn(original, plan))
  ).filter(({ at }) => at < before);
  const lines = all.map((rec) => file.writer.line(rec));
  const bad = plan.withoutBroken?.has(file.key) === true ? [] : (broken[file.key] ?? []);
  const other = noise[file.key] ?? [];
  for (const [i, text] of [...bad.map(([, record]) => record), ...other].entries()) {
    // Never the first record, by which formats are recognised, and never the last.
    const at = Math.floor(((i + 1) * lines.length) / (bad.length + other.length + 2)) + 1;
    lines.splice(at, 0, text);
  }
  const { header, footer } = file.writer;
  return {
    file,
    content: encode(file, lines),
    records: header.length + lines.length + footer.length,
    skipped: header.length + footer.length + other.length,
    rejected: countBy(bad.map(([reason]) => reason)),
    // Nothing that is planted spans lines, and equal texts are not planted twice.
    rejectLines: bad.map(([, text]) => header.length + lines.indexOf(text) + 1).sort((a, b) => a - b),
    planted,
  };
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

function encode(file: LogFile, lines: readonly string[]): Buffer {
  const { header, footer, layout } = file.writer;
  if (layout !== 'lines') return Buffer.from(`${layout.open}${lines.join(',\n')}${layout.close}\n`);
  const all = [...header, ...lines, ...footer];
  if (file.encoding === 'windows-1252') return Buffer.from(`${all.join('\r\n')}\r\n`, 'latin1');
  if (file.encoding === 'bom-crlf') return Buffer.from(`\ufeff${all.join('\r\n')}\r\n`);
  return Buffer.from(`${all.join('\n')}\n`);
}
