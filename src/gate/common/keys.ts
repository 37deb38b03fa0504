import type { KeyRule } from '../../catalog/code-index.js';
import type { GateIndex } from './gate-index.js';

/** Characters behind the prefix that make a key; a prefix that says little needs more. */
const shortest = (prefix: string): number => (prefix.length < 5 ? 28 : 16);
/** Text that stands where a key will be put. */
const placeholder = /x{4}|your|example|placeholder|redacted|changeme|replace|insert|dummy|\.{3}|\*{3}/i;

/** Finds keys of AI vendors by their published prefixes. The key itself leaves this file only to be masked. */
export class KeyFinder {
  readonly #pattern: RegExp | undefined;
  readonly #index: GateIndex;

  constructor(index: GateIndex) {
    this.#index = index;
    const prefixes = index.code.keys.map(({ value }) => value);
    this.#pattern =
      prefixes.length === 0
        ? undefined
        : new RegExp(`(?<![A-Za-z0-9])(?:${prefixes.join('|')})[A-Za-z0-9_-]{16,}`, 'g');
  }

  *find(text: string): Generator<{ rule: KeyRule; offset: number; end: number }> {
    if (this.#pattern === undefined) return;
    for (const { 0: key, index: offset } of text.matchAll(this.#pattern)) {
      const rule = this.#index.code.key(key);
      if (rule !== undefined && isKey(key.slice(rule.value.length), rule.value))
        yield { rule, offset, end: offset + key.length };
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
