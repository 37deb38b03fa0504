import type { KeyRule } from '../../catalog/code-index.js';
import type { GateIndex } from './gate-index.js';

/** Characters behind the prefix that make a key; a prefix that says little needs more. */
const shortest = (prefix: string): number => (prefix.length < 5 ? 28 : 16);
/** Text that stands where a key will be put. */
const placeholder = /x{4}|your|example|placeholder|redacted|changeme|replace|insert|dummy|\.{3}|\*{3}/i;

/** Fewest characters behind a prefix. */
const fewest = 16;
const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || code === 45;

/** Finds keys of AI vendors by their published prefixes. The key itself leaves this file only to be masked. */
export class KeyFinder {
  readonly #pattern: RegExp | undefined;
  readonly #index: GateIndex;
  readonly #stride: number;

  constructor(index: GateIndex) {
    this.#index = index;
    const prefixes = index.code.keys.map(({ value }) => value);
    this.#stride = Math.min(...prefixes.map((prefix) => prefix.length)) + fewest;
    this.#pattern =
      prefixes.length === 0
        ? undefined
        : new RegExp(`(?<![A-Za-z0-9])(?:${prefixes.join('|')})[A-Za-z0-9_-]{${fewest},}`, 'g');
  }

  /**
   * A key is a run of letters, digits, `_` and `-` at least as long as the shortest prefix with the fewest characters, so one of them stands
   * at every such distance: only there is the text looked at. 1.2 instead of 2.4 s for 220 MB of code.
   */
  *find(text: string): Generator<{ rule: KeyRule; offset: number; end: number }> {
    if (this.#pattern === undefined) return;
    const stride = this.#stride;
    let done = 0;
    for (let at = stride - 1; at < text.length; at += stride) {
      if (!isWord(text.charCodeAt(at))) continue;
      let start = at;
      while (start > done && isWord(text.charCodeAt(start - 1))) start--;
      let end = at + 1;
      while (end < text.length && isWord(text.charCodeAt(end))) end++;
      if (end - start >= stride) {
        yield* this.#inRun(text, start, end);
        done = end;
        at = end - 1;
      }
    }
  }

  *#inRun(text: string, start: number, end: number): Generator<{ rule: KeyRule; offset: number; end: number }> {
    if (this.#pattern === undefined) return;
    for (const { 0: key, index } of text.slice(start, end).matchAll(this.#pattern)) {
      const rule = this.#index.code.key(key);
      if (rule !== undefined && isKey(key.slice(rule.value.length), rule.value))
        yield { rule, offset: start + index, end: start + index + key.length };
    }
  }

  /** The text with every key cut to its prefix. */
  mask(text: string): string {
    let masked = '';
    let done = 0;
    for (const { rule, offset, end } of this.find(text)) {
      masked += `${text.slice(done, offset)}${rule.value}...`;
      done = end;
    }
    return masked + text.slice(done);
  }
}

/** Whether what follows a prefix looks drawn at random: long enough, of several characters, with digits or both cases, no placeholder. */
function isKey(body: string, prefix: string): boolean {
  return (
    body.length >= shortest(prefix) &&
    !placeholder.test(body) &&
    new Set(body).size >= 6 &&
    (/\d/.test(body) || (/[a-z]/.test(body) && /[A-Z]/.test(body)))
  );
}
