import type { RecordCounts } from '../core/chunk.js';
import { decodeText } from '../core/decode.js';
import type { Event } from '../core/event.js';
import { type Format, type FormatContext, isReject, isSkip, type Reader } from '../core/format.js';
import { createFramer, type Framer, framedByLines, type OnRecord } from '../core/framing.js';
import type { LeaseNote } from '../core/lease.js';
import type { Detection } from '../detectors/common/registry.js';
import { completeEvent } from '../formats/common/complete.js';
import { giveBack, takeKernel } from './kernel/kernel.js';
import { KernelLines } from './kernel/lines.js';
import { prefilterFor } from './prefilter.js';

/** What a consumer hears of each record. `text` is the decoded record. */
export interface RecordSink {
  event(event: Event, text: string): void;
  skip?(reason: string, line: number): void;
  /** Beside a skip. */
  lease?(note: LeaseNote): void;
  reject(reason: string, line: number, text: string): void;
}

/** Of the lines that `Format.ordinary` and the prefilter pass over, each of this many is read in full, so that the covered time is known. */
const readInFullEvery = 1000;

/** Where the bytes of an input stand in their stream; see `Input`. */
export interface Place {
  prime?: string | undefined;
  firstLine?: number | undefined;
  /** Where in the input the first byte stands, and the part begins of which it is. */
  offset?: number | undefined;
  begin?: number | undefined;
}

const tooLongReason = 'the record is longer than 1 MiB';

/** Reads one input record by record. Without a speed path every record is decoded and parsed. Push chunks, then `end`. */
export class RecordReader {
  readonly counts: RecordCounts = { lines: 0, records: 0, withEvents: 0, events: 0, skipped: 0, rejected: 0 };
  readonly #framer: Framer;
  readonly #lines: KernelLines | undefined;
  readonly #reader: Reader;
  #ended = false;
  #release: () => void;
  /** Tells the sink of an event that is counted already. */
  readonly #tell: (text: string) => void;

  /**
   * `head`: the first bytes of the input, which are pushed again like all others. `detection` opens the speed path for formats
   * that have one: lines that are surely one event without a hit are counted and forgotten.
   */
  constructor(
    id: string,
    format: Format,
    context: FormatContext,
    head: Buffer,
    sink: RecordSink,
    detection?: Detection,
    { prime, firstLine = 1, offset = 0, begin = offset }: Place = {},
  ) {
    const counts = this.counts;
    const reader = format.open(context);
    if (prime !== undefined) readPrime(reader, format, prime);
    this.#reader = reader;
    const read: OnRecord = (bytes, start, end, at, tooLong) => {
      const line = at + firstLine - 1;
      counts.records++;
      const text = decodeText(bytes, start, end);
      if (tooLong) {
        counts.rejected++;
        sink.reject(tooLongReason, line, text);
        return;
      }
      if (text.trim() === '') {
        counts.skipped++;
        sink.skip?.('blank line', line);
        return;
      }
      const outcome = reader.read(text);
      if (isSkip(outcome)) {
        counts.skipped++;
        sink.skip?.(outcome.skip, line);
        if (outcome.leases !== undefined) for (const note of outcome.leases) sink.lease?.(note);
      } else if (isReject(outcome)) {
        counts.rejected++;
        sink.reject(outcome.reject, line, text);
      } else {
        const drafts = Array.isArray(outcome) ? outcome : [outcome];
        counts.withEvents++;
        for (const draft of drafts) {
          counts.events++;
          sink.event(completeEvent(draft, line, id), text);
        }
      }
    };
    const passed = (lines: number): void => {
      counts.records += lines;
      counts.withEvents += lines;
      counts.events += lines;
    };
    // The first event of an input is always read: it tells when the input begins.
    const layout = () => (begin === 0 && counts.withEvents === 0 ? undefined : reader.layout?.());
    const kernel =
      detection === undefined || reader.layout === undefined || !framedByLines(format.framing, head)
        ? undefined
        : takeKernel(detection);
    this.#release = () => {
      if (kernel !== undefined && detection !== undefined) giveBack(kernel, detection);
    };
    if (kernel === undefined)
      this.#framer = createFramer(format.framing, head, filtered(format, detection, counts, read, passed));
    else this.#framer = this.#lines = new KernelLines(kernel, { read, passed, layout }, offset, begin);
    this.#tell = (text) => {
      const outcome = reader.read(text);
      if (isSkip(outcome) || isReject(outcome)) return;
      for (const draft of Array.isArray(outcome) ? outcome : [outcome]) sink.event(completeEvent(draft, 0, id), text);
    };
  }

  /** Whether parts of the input can be read by themselves: by the kernel, and with a header that `state` tells. */
  get splits(): boolean {
    return this.#lines !== undefined && this.state !== undefined;
  }

  /** See `Reader.state`. */
  get state(): string | undefined {
    return this.#reader.state?.();
  }

  /** Where bytes may be put, to be told to `filled`, instead of being pushed; undefined: they have to be pushed. */
  get space(): Buffer | undefined {
    return this.#lines?.space();
  }

  filled(length: number): void {
    this.#lines?.filled(length);
    this.counts.lines = this.#framer.lines;
  }

  push(chunk: Buffer): void {
    this.#framer.push(chunk);
    this.counts.lines = this.#framer.lines;
  }

  /** `whole`: the bytes end where the input ends, and the time of its last line tells how far it goes. */
  end(whole = true): void {
    this.#framer.end();
    this.counts.lines = this.#framer.lines;
    const last = whole && !this.#ended ? this.#lines?.last : undefined;
    if (last !== undefined) this.#tell(decodeText(last));
    this.#ended = true;
    this.#release();
    this.#release = () => {};
  }
}

/** Passes over lines that the format finds ordinary and in which the prefilter sees nothing. */
function filtered(
  format: Format,
  detection: Detection | undefined,
  counts: RecordCounts,
  read: OnRecord,
  passed: (lines: number) => void,
): OnRecord {
  if (detection === undefined || format.ordinary === undefined) return read;
  const ordinary = format.ordinary.bind(format);
  const prefilter = prefilterFor(detection, format);
  return (bytes, start, end, at, tooLong) => {
    if (
      counts.records % readInFullEvery !== 0 &&
      !tooLong &&
      !prefilter.test(bytes, start, end) &&
      ordinary(bytes, start, end)
    )
      passed(1);
    else read(bytes, start, end, at, tooLong);
  };
}

/** The lines of an input's head that come before its first event: what a reader must be told before it reads from the middle. */
export function headerOf(format: Format, context: FormatContext, head: Buffer): string {
  const reader = format.open(context);
  const header: string[] = [];
  let done = false;
  const framer = createFramer('lines', head, (bytes, start, end) => {
    const text = decodeText(bytes, start, end);
    const outcome = done || text.trim() === '' ? undefined : reader.read(text);
    done ||= outcome !== undefined && !isSkip(outcome) && !isReject(outcome);
    if (!done) header.push(text);
  });
  framer.push(head);
  return header.length === 0 ? '' : `${header.join('\n')}\n`;
}

/** Tells a reader what the header of its stream says. */
function readPrime(reader: Reader, format: Format, prime: string): void {
  const bytes = Buffer.from(prime);
  const framer = createFramer(format.framing, bytes, (record, start, end) => {
    const text = decodeText(record, start, end);
    if (text.trim() !== '') reader.read(text);
  });
  framer.push(bytes);
  framer.end();
}
