import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { compileCatalog } from '../../catalog/compile.js';
import type { Collector } from '../../collectors/common/collector.js';
import { ChunkGoneError } from '../../core/chunk.js';
import type { Format } from '../../core/format.js';
import { loadPlugins } from '../../core/plugins.js';
import { loadDetection } from '../../detectors/common/registry.js';
import { allFormats } from '../../formats/common/registry.js';
import { createEgress } from '../../net/egress.js';
import { Directory } from '../../people/directory.js';
import { joinNews } from '../../people/leases/lease.js';
import { LeaseLookup } from '../../people/leases/lookup.js';
import { withContents } from '../../scan/archive.js';
import { candidatesOfInput } from '../../scan/candidate-table.js';
import { compressionOf } from '../../scan/decompress.js';
import { cannotBeRead, type Input } from '../../scan/input.js';
import { withMapping } from '../../scan/mapped-formats.js';
import type { ScanOptions } from '../../scan/options.js';
import type { InputResult } from '../../scan/result.js';
import { mergeRollups } from '../../scan/rollup.js';
import { scanInput } from '../../scan/scan-input.js';
import type { FromThread, ThreadData, ThreadJob, ToThread } from './messages.js';
import { recordsOf } from './part.js';
import { poisoned } from './poison.js';

// A thread that reads chunks one at a time. It parses hostile data: whatever that does to it, the process lives on and knows
// which chunk it was.

const port = parentPort;
if (port === null) throw new Error('src/jobs/ingest/thread is the module of a worker thread');
const send = (message: FromThread): void => port.postMessage(message);

const data = workerData as ThreadData;
const directory = new Directory(data.people);
const useLeases = (leases: SharedArrayBuffer | undefined): void => directory.use(leases && new LeaseLookup(leases));
useLeases(data.leases);
const [known, detection, collectors] = await Promise.all([
  allFormats(),
  loadDetection(compileCatalog(data.services, data.lowConfidence)),
  loadPlugins<Collector>(join(import.meta.dirname, '../../collectors'), 'collector'),
]);
const formats = data.poison === undefined ? known : poisoned(known, data.poison);
const egress = createEgress(data.net);

let takePart: (bytes: Uint8Array | undefined) => void = () => {};
port.on('message', (message: ToThread) => {
  if (message.kind === 'part') takePart(message.bytes);
  else if (message.kind === 'leases') useLeases(message.leases);
  else void work(message.job);
});
send({ kind: 'ready' });

async function work(job: ThreadJob): Promise<void> {
  const fetching = { failed: undefined as Error | undefined };
  try {
    const input = inputOf(job, fetching);
    const answer = await answerTo(job, input);
    if (fetching.failed === undefined) send(answer);
    else send(explain(fetching.failed));
  } catch (error) {
    if (fetching.failed !== undefined) send(explain(fetching.failed));
    else send({ kind: 'failed', why: messageOf(error) });
  }
}

const explain = (error: Error): FromThread =>
  error instanceof ChunkGoneError
    ? { kind: 'gone', why: error.message }
    : { kind: 'unreachable', why: messageOf(error) };

async function answerTo(job: ThreadJob, input: Input): Promise<FromThread> {
  const own = job.mapping === undefined ? formats : withMapping(formats, job.mapping, job.logZone);
  if (job.work === 'scan' && job.records === undefined)
    return { kind: 'scanned', result: await scanWhole(input, job, own) };
  const range = job.records ?? { from: 0, to: job.work === 'extract' ? Number.MAX_SAFE_INTEGER : 0 };
  const records = await recordsOf(input, own, job.format, range);
  if (job.work === 'count') return { kind: 'counted', records: records.total };
  if (job.work === 'extract') return { kind: 'extracted', bytes: records.bytes };
  const part: Input = {
    ...input,
    prime: records.prime,
    bytes: async function* () {
      yield records.bytes;
    },
  };
  const result = await scanToEnd(part, optionsFor({ ...job, format: records.format }, own));
  // A part is known by the whole, which its records are looked up in.
  return { kind: 'scanned', result: { ...result, sha256: records.sha256 } };
}

/** @throws Error where a record ended its reader: what came behind it is not read, and must not pass for a gap */
async function scanToEnd(input: Input, options: ScanOptions): Promise<InputResult> {
  const result = await scanInput(input, options);
  if (result.problem?.startsWith(cannotBeRead) === true) throw new Error(result.problem.slice(cannotBeRead.length));
  return result;
}

const optionsFor = (job: ThreadJob, own: ReadonlyMap<string, Format>): ScanOptions => ({
  format: job.format,
  mapping: job.mapping,
  zone: data.zone,
  logZone: job.logZone,
  since: undefined,
  until: undefined,
  provenance: job.provenance,
  stampedBy: job.stampedBy,
  hash: true,
  speedPath: true,
  formats: own,
  detection,
  resolve: (event) => directory.resolve(event),
});

/** The stored bytes, from the collector or from the main thread. What fails here is not the fault of the data. */
function inputOf(job: ThreadJob, fetching: { failed: Error | undefined }): Input {
  const { chunk, collector } = job;
  const source = async (): Promise<AsyncIterable<Buffer>> => {
    if (collector === undefined) return keptParts();
    const plugin = collectors.get(collector.id);
    if (plugin === undefined) throw new Error(`there is no collector "${collector.id}"`);
    return plugin.open(collector.options, chunk, {
      source: collector.source,
      egress,
      now: Date.now,
      signal: new AbortController().signal,
    });
  };
  return {
    name: chunk.name,
    modified: chunk.modified,
    size: chunk.size,
    source: undefined,
    prime: chunk.prime,
    async *bytes() {
      try {
        yield* await source();
      } catch (error) {
        fetching.failed = error instanceof Error ? error : new Error(String(error));
        throw error;
      }
    },
  };
}

async function* keptParts(): AsyncGenerator<Buffer, void> {
  for (let any = false; ; any = true) {
    const next = new Promise<Uint8Array | undefined>((resolve) => {
      takePart = resolve;
    });
    send({ kind: 'need-part' });
    const bytes = await next;
    if (bytes === undefined) {
      // Pushed data have a byte at least: results must never be replaced by those of nothing.
      if (!any) throw new ChunkGoneError('its raw input is no longer kept');
      return;
    }
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** Reads a chunk; the files of an archive and the sheets of a workbook count together. */
async function scanWhole(input: Input, job: ThreadJob, own: ReadonlyMap<string, Format>): Promise<InputResult> {
  const options = optionsFor(job, own);
  const hash = createHash('sha256');
  return withContents(hashed(input, hash), async ({ inputs, archive, problems }) => {
    const [only] = inputs;
    if (!archive && only !== undefined) return scanToEnd(only, options);
    const share = { ...options, hash: false, maxCandidates: candidatesOfInput(inputs.length) };
    const results: InputResult[] = [];
    for (const entry of inputs) results.push(await scanToEnd(entry, share));
    return { ...together(input.name, results, problems), sha256: hash.digest('hex') };
  });
}

/** The same input; an archive, which is one piece of input, is hashed as its bytes are read. */
function hashed(input: Input, hash: Hash): Input {
  return {
    ...input,
    async *bytes() {
      let archive: boolean | undefined;
      for await (const piece of await input.bytes()) {
        archive ??= compressionOf(piece) === 'zip';
        if (archive) hash.update(piece);
        yield piece;
      }
    },
  };
}

/** The files of an archive as one result. */
function together(name: string, results: readonly InputResult[], problems: readonly string[]): InputResult {
  const read = results.filter((result) => result.format !== undefined);
  const first = read[0];
  const sum = (of: (result: InputResult) => number): number => read.reduce((total, result) => total + of(result), 0);
  const addMaps = (of: (result: InputResult) => ReadonlyMap<string, number>): Map<string, number> => {
    const total = new Map<string, number>();
    for (const result of read) for (const [key, value] of of(result)) total.set(key, (total.get(key) ?? 0) + value);
    return total;
  };
  const times = read.flatMap((result) => [result.first ?? [], result.last ?? []].flat());
  const why = [
    ...problems,
    ...results.flatMap((result) =>
      result.problem === undefined ? [] : `${result.name.slice(name.length + 1)}: ${result.problem}`,
    ),
  ];
  return {
    ...mergeRollups(read, data.zone),
    name,
    format: first?.format,
    confidence: first?.confidence ?? 0,
    why: first?.why ?? problems[0] ?? 'the archive is empty',
    bytes: sum((result) => result.bytes),
    counts: {
      lines: sum((result) => result.counts.lines),
      records: sum((result) => result.counts.records),
      withEvents: sum((result) => result.counts.withEvents),
      events: sum((result) => result.counts.events),
      skipped: sum((result) => result.counts.skipped),
      rejected: sum((result) => result.counts.rejected),
    },
    first: times.length === 0 ? undefined : Math.min(...times),
    last: times.length === 0 ? undefined : Math.max(...times),
    skips: addMaps((result) => result.skips),
    rejects: addMaps((result) => result.rejects),
    rejectSamples: read.flatMap((result) => result.rejectSamples),
    leases: joinNews(read.map((result) => result.leases)),
    problem: why.length === 0 ? undefined : why.join('; ').slice(0, 500),
    sha256: undefined,
    headHash: '',
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);
