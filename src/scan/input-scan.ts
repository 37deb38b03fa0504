import { createHash } from 'node:crypto';
import type { RecordCounts } from '../core/chunk.js';
import type { Event } from '../core/event.js';
import type { FormatContext } from '../core/format.js';
import type { LeaseNote } from '../core/lease.js';
import { redact } from '../core/redact.js';
import { unattributed } from '../detectors/common/registry.js';
import { detectFormat } from '../formats/common/detect.js';
import { takeSample } from '../formats/common/sample.js';
import { LeaseBook } from '../people/leases/book.js';
import type { Input } from './input.js';
import type { ScanOptions } from './options.js';
import { firstLineOf, type OpenFile, type PartReport, type PartsJob } from './parts.js';
import { headerOf, type Place, RecordReader } from './read-records.js';
import { type InputResult, maxRejectSamples, type RejectSample } from './result.js';
import { Rollup, type RollupResult } from './rollup.js';

const rejectSampleLength = 200;

/** One input while it is read: its format, its reader, and what has been found. */
export class InputScan {
  readonly #input: Input;
  readonly #options: ScanOptions;
  readonly #hash: ReturnType<typeof createHash> | undefined;
  #reader: RecordReader | undefined;
  #open: ((place: Place) => RecordReader) | undefined;
  /** Counts of the parts read before. */
  readonly #before: RecordCounts = { lines: 0, records: 0, withEvents: 0, events: 0, skipped: 0, rejected: 0 };
  #header: string | (() => string) = '';
  #buffer: Buffer | undefined;
  #rollup: Rollup | undefined;
  #detected: { format: string | undefined; confidence: number; why: string } = {
    format: undefined,
    confidence: 0,
    why: 'the file is empty',
  };
  #bytes = 0;
  #lines = 0;
  #first: number | undefined;
  #last: number | undefined;
  #headHash = '';
  readonly #skips = new Map<string, number>();
  readonly #rejects = new Map<string, number>();
  readonly #rejectSamples: RejectSample[] = [];
  readonly #leases = new LeaseBook();

  constructor(input: Input, options: ScanOptions) {
    this.#input = input;
    this.#options = options;
    this.#hash = options.hash ? createHash('sha256') : undefined;
  }

  /** The same input, heard as its stored bytes are read. */
  counted(input: Input): Input {
    const { progress } = this.#options;
    if (progress === undefined) return input;
    return {
      ...input,
      async bytes() {
        const chunks = await input.bytes();
        return (async function* () {
          for await (const chunk of chunks) {
            progress(chunk.length, 0);
            yield chunk;
          }
        })();
      },
    };
  }

  /** Decides the format by the head; false when none fits. */
  begin(head: Buffer, whole: boolean): boolean {
    const { formats, detection, mapping, logZone } = this.#options;
    this.#headHash = createHash('sha256').update(head).digest('hex');
    const { name, prime } = this.#input;
    const start = prime === undefined ? head : Buffer.concat([Buffer.from(withNewline(prime)), head]);
    const sample = takeSample(name.slice(name.lastIndexOf('/') + 1), start, whole);
    const chosen = this.#options.format;
    this.#detected =
      chosen === undefined
        ? detectFormat(formats, sample)
        : { format: chosen, confidence: 1, why: 'chosen by --format' };
    const id = this.#detected.format;
    const format = id === undefined ? undefined : formats.get(id);
    if (id === undefined || format === undefined) {
      return false;
    }
    const context: FormatContext = {
      zone: logZone,
      modified: this.#input.modified,
      mapping,
      sample,
      services: detection.services,
      stampedBy: this.#options.stampedBy,
    };
    const { zone, provenance, maxCandidates } = this.#options;
    const rollup = new Rollup(name, id, zone, provenance, maxCandidates);
    const sink = {
      event: (event: Event, text: string) => this.#event(event, text, rollup),
      skip: (reason: string) => count(this.#skips, reason),
      lease: (note: LeaseNote) => this.#leases.add(note),
      reject: (reason: string, line: number, text: string) => {
        count(this.#rejects, reason);
        if (this.#rejectSamples.length < maxRejectSamples)
          this.#rejectSamples.push({ file: name, line, reason, sample: redact(text, rejectSampleLength) });
      },
    };
    this.#rollup = rollup;
    this.#header = () => headerOf(format, context, start);
    const speed = this.#options.speedPath ? detection : undefined;
    this.#open = (place) => new RecordReader(id, format, context, start, sink, speed, place);
    this.#reader = this.#open(this.#input);
    return true;
  }

  #event(event: Event, text: string, rollup: Rollup): void {
    const { detection, since, until } = this.#options;
    const { time } = event;
    if (time !== undefined) {
      if (this.#first === undefined || time < this.#first) this.#first = time;
      const last = event.rollup?.last ?? time;
      if (this.#last === undefined || last > this.#last) this.#last = last;
    }
    if (since !== undefined && (time === undefined || time < since)) return;
    if (until !== undefined && (time === undefined || time >= until)) return;
    const hits = detection.detect(event);
    if (hits.length > 0) {
      const actor = this.#options.resolve(event);
      for (const [number, hit] of hits.entries()) rollup.add(hit, event, actor, text, number);
      if (!unattributed(hits)) return;
    }
    const candidate = detection.suggest(event);
    if (candidate !== undefined) rollup.suggest(candidate, event, this.#options.resolve(event), text);
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#hash?.update(chunk);
    this.#reader?.push(chunk);
    this.#progress();
  }

  /** Reads bytes of a file. */
  async read(file: OpenFile, from: number, to: number): Promise<void> {
    const reader = this.#reader;
    if (reader === undefined) return;
    let space = reader.space;
    const direct = space !== undefined;
    const into = (): Buffer => {
      this.#buffer ??= Buffer.allocUnsafe(direct ? 0 : 1 << 18);
      space = direct ? reader.space : this.#buffer;
      return space ?? this.#buffer;
    };
    await file.read(from, to, into, (length) => {
      this.#bytes += length;
      const bytes = space?.subarray(0, length);
      if (bytes !== undefined) this.#hash?.update(bytes);
      if (direct) reader.filled(length);
      else if (bytes !== undefined) reader.push(bytes);
      this.#options.progress?.(length, 0);
      this.#progress();
    });
  }

  /** The input can be read in parts. */
  get splits(): boolean {
    return this.#reader?.splits === true && this.#input.prime === undefined;
  }

  async readPart(file: OpenFile, part: number, { size, partBytes }: PartsJob): Promise<PartReport> {
    const from = file.lineFrom(part * partBytes, size);
    const to = file.lineFrom(Math.min((part + 1) * partBytes, size), size);
    if (part > 0 && typeof this.#header === 'function') this.#header = this.#header();
    const prime = typeof this.#header === 'string' ? this.#header : undefined;
    const place = {
      prime: part === 0 ? undefined : prime,
      firstLine: firstLineOf(part),
      offset: from,
      begin: part * partBytes,
    };
    this.#endReader();
    this.#reader = this.#open?.(place);
    const before = this.#reader?.state ?? '';
    if (from < to) await this.read(file, from, to);
    this.#reader?.end(to === size);
    this.#progress();
    return { part, lines: this.#reader?.counts.lines ?? 0, before, behind: this.#reader?.state ?? '' };
  }

  /** Done with the reader at hand: its counts are kept. */
  #endReader(): void {
    this.#reader?.end(false);
    const counts = this.#reader?.counts;
    if (counts === undefined) return;
    for (const key of countKeys) this.#before[key] += counts[key];
    this.#reader = undefined;
    this.#lines = 0;
  }

  #progress(): void {
    const lines = this.#reader?.counts.lines ?? 0;
    this.#options.progress?.(0, lines - this.#lines);
    this.#lines = lines;
  }

  end(problem: string | undefined): InputResult {
    this.#reader?.end();
    this.#progress();
    this.#endReader();
    const rollup = this.#rollup?.result() ?? nothingFound;
    return {
      ...rollup,
      name: this.#input.name,
      ...this.#detected,
      bytes: this.#bytes,
      counts: this.#before,
      first: this.#first,
      last: this.#last,
      skips: this.#skips,
      rejects: this.#rejects,
      rejectSamples: this.#rejectSamples,
      leases: this.#leases.close(),
      problem,
      sha256: this.#hash?.digest('hex'),
      headHash: this.#headHash,
    };
  }
}

const nothingFound: RollupResult = {
  usage: [],
  uses: [],
  expenses: [],
  evidence: [],
  candidates: [],
  hits: 0,
  otherCandidates: 0,
  candidatesCut: false,
};

const countKeys = ['lines', 'records', 'withEvents', 'events', 'skipped', 'rejected'] as const;

const withNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
