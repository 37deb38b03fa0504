const NEWLINE = 10;
const HASH = 35;
/** A first line is kept up to here; a directive that is longer is none. */
const maxHeaderBytes = 65_536;
const maxDirectives = 32;

/**
 * Follows the header lines of a stream, so that a piece out of its middle can be read: the first line (column names) or, where
 * that begins with `#`, the last line of each directive (`#Fields:`, `#fields`), which W3C and Zeek writers repeat.
 */
export class Header {
  #lines: Map<string, string>;
  #mode: 'unknown' | 'directives' | 'done';
  #line: Buffer[] | undefined;
  #lineLength = 0;
  #atStart: boolean;

  /** `text`: what was known so far, at the beginning of a line. */
  constructor(text: string | undefined) {
    this.#lines = new Map();
    this.#atStart = true;
    if (text === undefined) this.#mode = 'unknown';
    else if (text.startsWith('#')) {
      this.#mode = 'directives';
      for (const line of text.split('\n')) if (line !== '') this.#keep(line);
    } else {
      this.#mode = 'done';
      this.#lines.set('', text.endsWith('\n') ? text.slice(0, -1) : text);
    }
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && (this.#mode !== 'done' || this.#line !== undefined)) {
      if (this.#line === undefined) {
        if (this.#atStart && (this.#mode === 'unknown' || bytes[at] === HASH)) this.#begin();
        else {
          const next = bytes.indexOf('\n#', at, 'latin1');
          this.#atStart = bytes[bytes.length - 1] === NEWLINE;
          if (next < 0) return;
          at = next + 1;
          this.#begin();
        }
      }
      const newline = bytes.indexOf(NEWLINE, at);
      const end = newline < 0 ? bytes.length : newline;
      this.#collect(bytes.subarray(at, end));
      this.#atStart = newline >= 0;
      if (newline >= 0) this.#finish();
      at = end + 1;
    }
  }

  /** What a reader must be told before a piece that begins here. */
  text(): string | undefined {
    if (this.#mode === 'unknown') return undefined;
    return [...this.#lines.values()].map((line) => `${line}\n`).join('');
  }

  #begin(): void {
    this.#line = [];
    this.#lineLength = 0;
  }

  #collect(part: Buffer): void {
    const room = maxHeaderBytes - this.#lineLength;
    if (room > 0) this.#line?.push(Buffer.from(part.subarray(0, room)));
    this.#lineLength += part.length;
  }

  #finish(): void {
    const line = Buffer.concat(this.#line ?? [])
      .toString('utf8')
      // The byte order mark, also that of UTF-16, whose ASCII is left when the zeros go.
      .replace(/^(?:\ufeff|\ufffd\ufffd)/, '')
      .replaceAll('\u0000', '')
      .replace(/\r$/, '');
    this.#line = undefined;
    if (this.#mode === 'unknown') {
      // Blank lines in front are no header.
      if (line.trim() === '') return;
      this.#mode = line.startsWith('#') ? 'directives' : 'done';
      if (this.#mode === 'done') this.#lines.set('', line);
    }
    if (this.#mode === 'directives' && line.startsWith('#') && this.#lineLength < maxHeaderBytes) this.#keep(line);
  }

  #keep(line: string): void {
    const name = /^#\s{0,8}[\w-]{0,40}/.exec(line)?.[0].toLowerCase() ?? '#';
    const known = this.#lines.has(name);
    if (!known && this.#lines.size >= maxDirectives) return;
    let length = line.length;
    for (const [other, text] of this.#lines) if (other !== name) length += text.length;
    if (length <= maxHeaderBytes) this.#lines.set(name, line);
  }
}
