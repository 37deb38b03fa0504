import type { EventDraft, EventKind } from './event.js';
import type { Layout } from './layout.js';
import type { LeaseNote } from './lease.js';
import type { Mapping, MappingTrace } from './mapping.js';

/** What a record turned out to be: events, a skip (header, comment, other log type) or a reject (broken). */
export type Outcome = EventDraft | readonly EventDraft[] | Skip | Reject;
/** A record that is whole but of no interest; `skip` is the reason in a few words, the same for all of its kind. */
export interface Skip {
  skip: string;
  /** What the record says of who has an address: no event, and still of use. */
  leases?: readonly LeaseNote[];
}
/** A record that cannot be read; `reject` is the reason in a few words, the same for all of its kind, without log data. */
export interface Reject {
  reject: string;
}

export const skip = (reason: string): Skip => ({ skip: reason });
/** A record about leases of addresses. */
export const leaseSkip = (...leases: readonly LeaseNote[]): Skip => ({ skip: 'a lease of an address', leases });
export const reject = (reason: string): Reject => ({ reject: reason });
export const isSkip = (o: Outcome): o is Skip => 'skip' in o;
export const isReject = (o: Outcome): o is Reject => 'reject' in o;

/**
 * How bytes become records: `lines` one record a line; `csv` one record a line, but a quoted field may hold newlines;
 * `json` one record a JSON object: one a line, or the elements of an array, or of the list in a wrapper object
 * (`records`, `items`, `value`...), pretty-printed or not; a line that is no JSON is given as it is.
 */
export type Framing = 'lines' | 'csv' | 'json';

/** What a reader may know about the input beside the record. */
export interface FormatContext {
  /** IANA time zone of records that state none. */
  readonly zone: string;
  /** Milliseconds since 1970: a time without a year is the nearest before this. */
  readonly modified: number;
  /** For the `csv` and `json-lines` formats. */
  readonly mapping?: Mapping | undefined;
  /** Hears where a mapping found each field; reading is slower with it. */
  readonly trace?: MappingTrace | undefined;
  /** Ids of the services that the catalog knows, for records that name one; absent: any will do. */
  readonly services?: { has(id: string): boolean } | undefined;
  /** Id of the receiver that wrote the records itself; absent: anybody may have, and a stamp in them proves nothing. */
  readonly stampedBy?: string | undefined;
  /** The beginning of the same input, for what one record cannot tell: the order of day and month, a decimal comma. */
  readonly sample: Sample;
}

/** Reads the records of one input in their order; keeps what a header line said. */
export interface Reader {
  /** `text`: the record without its line end, BOM removed, decoded; never empty or blank (those are skipped before). Must not throw. */
  read(text: string): Outcome;
  /**
   * The speed path: how the lines that come now must look to be passed over unread; the same object as long as nothing
   * changed, undefined where no line can be (before the header). Absent: every record is read in full.
   */
  layout?(): Layout | undefined;
  /**
   * All that reading so far has changed in how later records are read, as text: two readers of one format that say the same
   * read everything alike. It lets threads read parts of one input. Undefined: it depends on more than header lines. Absent:
   * nothing is ever remembered.
   */
  state?(): string | undefined;
}

/** The beginning of an input, for detection. */
export interface Sample {
  /** File name without folder, lower case. */
  readonly name: string;
  /** First 64 KiB at most, decoded, BOM removed. */
  readonly text: string;
  /** Up to 50 first non-blank whole lines (the last only if it is whole or the only one). */
  readonly lines: readonly string[];
  /** The first records as JSON values, where the sample is JSON in any of the shapes of framing `json`; else empty. */
  readonly json: readonly Record<string, unknown>[];
}

/** 0 to 1, and a sentence why. */
export interface Detection {
  confidence: number;
  why: string;
}

/** A log format: a plug-in of src/formats; its file name is its id. */
export interface Format {
  /** Name for people: "Squid access log (native)". */
  readonly title: string;
  /** Kinds of events that it can yield: what this source can show. None: it only tells who had an address. */
  readonly kinds: readonly EventKind[];
  readonly framing: Framing;
  /** Undefined: not mine. Never throws. */
  detect(sample: Sample): Detection | undefined;
  open(context: FormatContext): Reader;
  /**
   * The speed path. True only where `read` would surely give one event for the line `bytes[start, end)` (no line end) and
   * would not change the reader's state: such a line is counted as an event without being decoded, unless the
   * prefilter saw something in it. When in doubt false. Absent: every record is read in full.
   */
  ordinary?(bytes: Uint8Array, start: number, end: number): boolean;
  /** Byte sequences (ASCII, lower case) that make the prefilter pass a line whatever else it holds: encodings that hide host names, such as Base64 URLs. */
  readonly opaque?: readonly string[];
}
