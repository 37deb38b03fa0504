// Syslog over a stream (RFC 6587): octet counting, `123 <34>...`, or one message a line. A connection whose first frame has a
// count is counted; there a frame without a count is taken up to its newline, so that mixed senders survive. A connection that
// begins otherwise is lines for ever: a line may well begin with digits.

/** Longest message; a longer one is passed over as far as the next frame. */
export const maxMessageBytes = 1 << 20;
const maxPrefixDigits = 7;

const LF = 10;
const CR = 13;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;

export interface FrameSink {
  /** One message without its end. Newlines inside became spaces. The bytes are valid during the call only. */
  message(bytes: Buffer): void;
  /** A message longer than the limit was passed over, of this many bytes. */
  tooLong(bytes: number): void;
}

type State = 'start' | 'prefix' | 'counted' | 'line';

/** Cuts the stream of one connection into messages. What comes out does not depend on how the stream is cut. Holds one message. */
export class SyslogFramer {
  readonly #sink: FrameSink;
  #state: State = 'start';
  /** Decided by the first frame. */
  #mode: 'undecided' | 'counted' | 'lines' = 'undecided';
  #prefix = '';
  /** Bytes of the counted frame that are to come. */
  #left = 0;
  /** Of the frame at hand, up to the limit. */
  #carry: Buffer[] = [];
  #carried = 0;
  /** Bytes of the frame at hand, also those that are not kept. */
  #length = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'start') at = this.#start(chunk, at);
      else if (this.#state === 'prefix') at = this.#readPrefix(chunk, at);
      else if (this.#state === 'counted') at = this.#readCounted(chunk, at);
      else at = this.#readLine(chunk, at);
    }
  }

  /** Bytes of a frame that is not complete; 0 between frames. At the end of a connection they are lost. */
  get pending(): number {
    return this.#state === 'start' ? 0 : Math.max(1, this.#length + this.#prefix.length);
  }

  #start(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    // Some senders count and end the frame with a newline all the same.
    if (byte === LF || byte === CR) return at + 1;
    const count = this.#mode !== 'lines' && byte > ZERO && byte <= NINE;
    if (!count && this.#mode === 'undecided') this.#mode = 'lines';
    this.#state = count ? 'prefix' : 'line';
    return at;
  }

  #readPrefix(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    if (byte >= ZERO && byte <= NINE && this.#prefix.length < maxPrefixDigits) {
      this.#prefix += String.fromCharCode(byte);
      return at + 1;
    }
    if (byte === SPACE) {
      this.#mode = 'counted';
      this.#left = Number(this.#prefix);
      this.#prefix = '';
      this.#state = 'counted';
      return at + 1;
    }
    // No count after all: these digits begin a line.
    if (this.#mode === 'undecided') this.#mode = 'lines';
    const digits = Buffer.from(this.#prefix, 'latin1');
    this.#prefix = '';
    this.#state = 'line';
    this.#keep(digits);
    return at;
  }

  #readCounted(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    const part = chunk.subarray(at, end);
    this.#left -= part.length;
    if (this.#left > 0) this.#keep(part);
    else this.#finish(part);
    return end;
  }

  #readLine(chunk: Buffer, at: number): number {
    const newline = chunk.indexOf(LF, at);
    if (newline < 0) {
      this.#keep(chunk.subarray(at));
      return chunk.length;
    }
    this.#finish(chunk.subarray(at, newline));
    return newline + 1;
  }

  /** Keeps a copy: the caller may use its chunk again. Beyond the limit only the length is kept. */
  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > maxMessageBytes) {
      this.#carry = [];
      this.#carried = 0;
      return;
    }
    this.#carry.push(Buffer.from(part));
    this.#carried += part.length;
    // Single bytes must not cost an object each for long.
    if (this.#carry.length > 1024) this.#carry = [Buffer.concat(this.#carry)];
  }

  #finish(part: Buffer): void {
    this.#state = 'start';
    const length = this.#length + part.length;
    const bytes = this.#carried === 0 ? part : Buffer.concat([...this.#carry, part]);
    this.#carry = [];
    this.#carried = 0;
    this.#length = 0;
    if (length > maxMessageBytes) this.#sink.tooLong(length);
    else {
      const line = asLine(bytes);
      if (line.length > 0) this.#sink.message(line);
    }
  }
}

/** A message as one line: newlines at its end go, those inside become spaces. Else nothing is changed. */
export function asLine(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LF || bytes[end - 1] === CR)) end--;
  const message = bytes.subarray(0, end);
  if (!message.includes(LF)) return message;
  const line = Buffer.from(message);
  for (let at = line.indexOf(LF); at >= 0; at = line.indexOf(LF, at + 1)) line[at] = SPACE;
  return line;
}
