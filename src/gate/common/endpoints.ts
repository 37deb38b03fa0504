import { splitUrl } from '../../core/url.js';
import type { GateIndex } from './gate-index.js';

/** A host or URL as it stands in a text. */
export interface Endpoint {
  host: string;
  port: number | undefined;
  /** Without query; undefined where none is written. */
  path: string | undefined;
  offset: number;
  /** In quotes, or behind `//` or `@`: not an access to a member of an object. */
  literal: boolean;
}

const longest = { host: 253, path: 1000, placeholder: 100 };
const hostChar = /[A-Za-z0-9._-]/;

/**
 * Finds hosts by their last label (`.com`, `.ai`), which is quick, and then looks around them. What is filled in at run time stands for
 * one label: `https://${region}.example.com`, `{tenant}`, `<name>`, `%s`, `#{x}`, `$REGION`.
 */
export class EndpointFinder {
  readonly #mark: RegExp;

  constructor(index: GateIndex) {
    const labels = index.topLevels.filter((label) => /^[a-z0-9-]+$/.test(label)).join('|');
    const ports = index.ports.join('|');
    this.#mark = new RegExp(`\\.(?:${labels})(?![A-Za-z0-9_-])${ports === '' ? '' : `|:(?:${ports})(?![\\w.])`}`, 'gi');
  }

  *find(text: string): Generator<Endpoint> {
    let done = 0;
    for (const { index, 0: mark } of text.matchAll(this.#mark)) {
      if (index < done) continue;
      const start = hostStart(text, index, done);
      const end = placeEnd(text, index + mark.length);
      done = end;
      const raw = text.slice(start, end);
      const { host, port, path } = splitUrl(filled(raw));
      if (host === undefined) continue;
      const before = text[start - 1] ?? '';
      const literal = /["'`@]/.test(before) || (before === '/' && text[start - 2] === '/');
      yield { host, port, path, offset: start, literal };
    }
  }
}

/** Where the host begins of which a part ends at `at`. */
function hostStart(text: string, at: number, limit: number): number {
  const lowest = Math.max(limit, at - longest.host);
  let start = at;
  while (start > lowest) {
    const char = text[start - 1] ?? '';
    if (hostChar.test(char)) start--;
    else {
      const open = char === '}' ? '{' : char === '>' ? '<' : '';
      const from = open === '' ? -1 : text.lastIndexOf(open, start - 1);
      if (from < Math.max(lowest, start - longest.placeholder) || text.slice(from, start).includes('\n')) break;
      start = /[$#{]/.test(text[from - 1] ?? '') ? from - 1 : from;
      // `${{ x }}` and `{{ x }}` have one more.
      if (text[start] === '{' && text[start - 1] === '$') start--;
    }
  }
  // `%s` and `$REGION` begin with a sign that no host has.
  return /[%$]/.test(text[start - 1] ?? '') ? start - 1 : start;
}

/** Where host, port and path end. */
function placeEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && hostChar.test(text[end] ?? '') && end - from < longest.host) end++;
  // A full stop ends a sentence.
  while (text[end - 1] === '.') end--;
  if (text[end] === ':' && /\d/.test(text[end + 1] ?? '')) {
    end++;
    while (/\d/.test(text[end] ?? '')) end++;
  }
  if (text[end] !== '/') return end;
  const stop = end + longest.path;
  while (end < stop && !/[\s"'`<>|\\,;)]|^$/.test(text[end] ?? '')) end++;
  return end;
}

/** What is filled in at run time, replaced by a label. */
const filled = (raw: string): string =>
  raw.includes('{') || raw.includes('<') || raw.includes('%') || raw.includes('$')
    ? raw
        .replace(/[$#]?\{{1,2}[^{}\n]{0,100}\}{1,2}/g, 'x')
        .replace(/<[^<>\n]{0,100}>/g, 'x')
        .replace(/%\(\w{1,50}\)s|%[sdv]/g, 'x')
        .replace(/\$\w{1,50}/g, 'x')
    : raw;
