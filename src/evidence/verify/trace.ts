import type { BundleFile } from '../format.js';
import type { Manifest } from '../manifest.js';
import { readArchive } from './archive.js';
import { contentOf, linesOf } from './content.js';
import { type Original, readOriginal } from './original.js';
import { need } from './problem.js';
import { type ChunkRow, type Counts, type FindingRow, type HitRow, isCount, type NumberRow } from './shapes.js';
import type { ByteSource } from './source.js';

// From a finding or a kept record to its place in the input, in a bundle that was checked and is good.

export interface TracedFinding {
  id: string;
  verdict: string;
  state: string;
  reason: string;
}

export interface TracedRecord {
  id: string;
  time: string;
  actor: string;
  reason: string;
}

export interface TracedPart {
  chunk: string;
  lines: number[];
  events: number;
  attempts: number;
}

/** What is known of a finding, or of a record. */
export type Traced =
  | {
      kind: 'finding';
      finding: TracedFinding;
      /** The first twenty of its records, and how many there are. */
      records: TracedRecord[];
      count: number;
    }
  | {
      kind: 'record';
      /** Null: there is none of it in this bundle. */
      finding: TracedFinding | null;
      number:
        | (Pick<NumberRow, 'row' | 'day' | 'events' | 'attempts'> & {
            actor: string;
            parts: TracedPart[];
            rest: { events: number; attempts: number } | null;
          })
        | null;
      input: { name: string; format: string; bytes: number; lines: number; sha256: string };
      record: { line: number; time: string; signature: string; reason: string; sha256: string; sample: string };
      /** With the original log at hand. */
      original: Original | null;
    };

/** Fields that a line has beside those that checks need; texts that are missing are shown as none. */
type Told<T> = T &
  Record<'actor' | 'actor_kind' | 'state' | 'reason' | 'time' | 'provenance' | 'name' | 'format', string>;

const shownRecords = 20;

/**
 * Follows an id. `raw`: the file with the original log, whose hashes are then computed. Undefined: nothing in the bundle has this id.
 * @throws BundleError where the bundle is not the one that was checked; errors of the system where a file cannot be read
 */
export async function traceId(
  source: ByteSource,
  manifest: Manifest,
  id: string,
  raw: string | undefined,
): Promise<Traced | undefined> {
  const { entries } = readArchive(source);
  // Each file to its end, where its hash is checked again: another one may have been put in its place since.
  async function* rows<T>(name: BundleFile): AsyncGenerator<Told<T>> {
    const [entry, file] = [entries.get(name), manifest.files.find((each) => each.name === name)];
    need(entry !== undefined && file !== undefined, 'archive', `${name} is missing`);
    for await (const lines of linesOf(contentOf(source, entry, file), name))
      for (const line of lines) yield JSON.parse(line) as Told<T>;
  }
  async function first<T>(name: BundleFile, is: (row: Told<T>) => boolean): Promise<Told<T> | undefined> {
    let found: Told<T> | undefined;
    for await (const row of rows<T>(name)) if (found === undefined && is(row)) found = row;
    return found;
  }

  const asked = await first<FindingRow>('findings.ndjson', (row) => row.id === id);
  if (asked !== undefined) {
    const records: TracedRecord[] = [];
    let count = 0;
    for await (const row of rows<HitRow & { account_kind: string }>('evidence.ndjson')) {
      if (row.service !== asked.service || row.account_kind !== asked.account_kind) continue;
      if (++count <= shownRecords) records.push({ id: row.id, time: row.time, actor: row.actor, reason: row.reason });
    }
    return { kind: 'finding', finding: findingOf(asked), records, count };
  }
  const hit = await first<HitRow & { account_kind: string; strength: string }>(
    'evidence.ndjson',
    (row) => row.id === id,
  );
  if (hit === undefined) return undefined;
  const finding = await first<FindingRow>('findings.ndjson', (row) => row.id === `${hit.service}/${hit.account_kind}`);
  const day = dayOf(hit.time, manifest.scope.timezone);
  const same = ['service', 'account_kind', 'actor_kind', 'actor', 'strength', 'provenance'] as const;
  let number: Told<NumberRow> | undefined;
  let exact = false;
  for await (const row of rows<NumberRow>('numbers.ndjson')) {
    if (exact || row.day !== day || !same.every((name) => row[name] === hit[name])) continue;
    exact = row.parts.some((part) => part.chunk === hit.chunk);
    if (exact || number === undefined) number = row;
  }
  const chunk = await first<ChunkRow & { part?: unknown }>('chunks.ndjson', (row) => row.chunk === hit.chunk);
  need(chunk !== undefined, 'record', `${id}: its piece of input is not in chunks.ndjson`);
  const part = partOf(chunk);
  const place = {
    chunk: part?.of ?? hit.chunk,
    sha256: chunk.sha256,
    line: hit.line,
    before: part?.from_record,
    recordSha256: hit.record_sha256,
  };
  return {
    kind: 'record',
    finding: finding === undefined ? null : findingOf(finding),
    number: number === undefined ? null : numberOf(number),
    input: {
      name: chunk.name,
      format: chunk.format,
      bytes: chunk.bytes,
      lines: chunk.lines,
      sha256: chunk.sha256,
    },
    record: {
      line: hit.line,
      time: hit.time,
      signature: hit.signature,
      reason: hit.reason,
      sha256: hit.record_sha256,
      sample: hit.sample,
    },
    original: raw === undefined ? null : await readOriginal(raw, place),
  };
}

/** The piece that a chunk is a part of. */
function partOf({ part }: { part?: unknown }): { of: string; from_record: number } | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  const { of, from_record } = part as Record<string, unknown>;
  return typeof of === 'string' && isCount(from_record) ? { of, from_record } : undefined;
}

const findingOf = ({ id, verdict, state, reason }: Told<FindingRow>): TracedFinding => ({ id, verdict, state, reason });

const numberOf = ({ row, day, actor, events, attempts, parts, rest }: Told<NumberRow>) => ({
  row,
  day,
  actor,
  events,
  attempts,
  parts: parts.map(({ chunk, lines, ...part }) => ({ chunk, lines, ...eventsOf(part) })),
  rest: rest === null ? null : eventsOf(rest),
});
const eventsOf = ({ events, attempts }: Pick<Counts, 'events' | 'attempts'>) => ({ events, attempts });

/** The day of an instant in a zone, as numbers.ndjson has it. */
const dayOf = (time: string, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(new Date(time));
