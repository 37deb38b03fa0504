import type { RecordCounts } from '../../src/core/chunk.js';
import { eventToJson } from '../../src/core/event-json.js';
import type { FormatContext } from '../../src/core/format.js';
import { detectFormat } from '../../src/formats/common/detect.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { RecordReader } from '../../src/scan/read-records.js';

/** Everything that reading an input gives: events as printed, skips and rejects with their lines, counts. */
export interface Parsed {
  events: Record<string, unknown>[];
  skips: { line: number; reason: string }[];
  rejects: { line: number; reason: string }[];
  /** Absent where the format tells of no leases. */
  leases?: Record<string, unknown>[];
  counts: RecordCounts;
}

/** Fixtures without a year in their times are read as if their file was last written then. */
export const fixtureModified = Date.UTC(2026, 10, 22, 12);

/** Reads `bytes` as format `id` in pieces of `chunkSize` bytes. */
export async function parseBytes(
  id: string,
  bytes: Buffer,
  options: Partial<FormatContext> & { chunkSize?: number } = {},
): Promise<Parsed> {
  const format = (await allFormats()).get(id);
  if (format === undefined) throw new Error(`no format ${id}`);
  const parsed: Omit<Parsed, 'counts'> = { events: [], skips: [], rejects: [] };
  const { chunkSize = 65536, ...rest } = options;
  const head = bytes.subarray(0, 65536);
  const context: FormatContext = {
    zone: 'UTC',
    modified: fixtureModified,
    sample: takeSample(id, head, bytes.length <= 65536),
    ...rest,
  };
  const reader = new RecordReader(id, format, context, head, {
    event: (event) => parsed.events.push(eventToJson(event)),
    skip: (reason, line) => parsed.skips.push({ line, reason }),
    reject: (reason, line) => parsed.rejects.push({ line, reason }),
    lease: ({ at, until, since, ...note }) => {
      const times = { at: instant(at), until: instant(until), since: instant(since) };
      parsed.leases = [...(parsed.leases ?? []), JSON.parse(JSON.stringify({ ...times, ...note }))];
    },
  });
  for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize));
  reader.end();
  return { ...parsed, counts: reader.counts };
}

const instant = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

export const parseText = (
  id: string,
  text: string,
  options: Partial<FormatContext> & { chunkSize?: number } = {},
): Promise<Parsed> => parseBytes(id, Buffer.from(text), options);

export async function detectText(name: string, text: string): Promise<ReturnType<typeof detectFormat>> {
  return detectFormat(await allFormats(), takeSample(name, Buffer.from(text), true));
}
