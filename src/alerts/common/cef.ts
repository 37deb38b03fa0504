import type { Notice } from '../../core/notice.js';
import type { Message } from './message.js';
import { plainLine } from './plain.js';

// ArcSight Common Event Format, implementation standard, revision 26:
// CEF:Version|Device Vendor|Device Product|Device Version|Signature ID|Name|Severity|Extension

export interface CefEvent {
  /** The seven fields before the extension, without `CEF:`. */
  header: readonly string[];
  extension: readonly (readonly [key: string, value: string])[];
}

const severities = { info: 3, warning: 6, high: 9 } as const;

/** A notice as a CEF event. Who is not named: CEF has fields for users, and these stay empty. */
export function cefEvent(notice: Notice, message: Message, key: string): CefEvent {
  const text = (value: unknown): string => (typeof value === 'string' ? plainLine(value, 200) : '');
  const number = (value: unknown): string =>
    typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : '';
  const { service, verdict, people, events } = notice.details;
  const labelled = (field: string, label: string, value: string): [string, string][] =>
    value === ''
      ? []
      : [
          [`${field}Label`, label],
          [field, value],
        ];
  const extension: [string, string][] = [
    ['rt', String(notice.at)],
    ['externalId', key],
    ['deviceFacility', 'halflight'],
    ['msg', [message.why, message.yes].filter((part) => part !== '').join(' ')],
    ...(message.link === undefined ? [] : [['request', message.link] as [string, string]]),
    ...labelled('cs1', 'Service', text(service)),
    ...labelled('cs2', 'Verdict', text(verdict)),
    ...labelled('cs3', 'Finding', plainLine(notice.subject, 200)),
    ...labelled('cs4', 'Notice', plainLine(notice.id, 200)),
    ...labelled('cn1', 'People', number(people)),
    ...labelled('cn2', 'Events', number(events)),
  ];
  return {
    header: [
      '0',
      'Halflight',
      'Halflight',
      '1',
      plainLine(notice.kind, 63),
      message.headline,
      String(severities[notice.severity]),
    ],
    extension: extension.filter(([, value]) => value !== ''),
  };
}

/** The event on one line. */
export function writeCef({ header, extension }: CefEvent): string {
  const fields = header.map((field) => field.replace(/[\\|]/g, '\\$&').replace(/[\r\n]+/g, ' '));
  const pairs = extension.map(
    ([key, value]) => `${key}=${value.replace(/[\\=]/g, '\\$&').replace(/\r/g, '\\r').replace(/\n/g, '\\n')}`,
  );
  return `CEF:${fields.join('|')}|${pairs.join(' ')}`;
}

/**
 * Reads an event back, as a receiver would: before it is sent, so that no text from outside can ever make a second event or another
 * field of it. Undefined for what is no event.
 */
export function readCef(line: string): CefEvent | undefined {
  if (!line.startsWith('CEF:') || /[\r\n]/.test(line)) return undefined;
  const header: string[] = [];
  let at = 4;
  while (header.length < 7) {
    let field = '';
    for (; at < line.length && line[at] !== '|'; at++) {
      if (line[at] === '\\') at++;
      field += line[at] ?? '';
    }
    if (at >= line.length) return undefined;
    header.push(field);
    at++;
  }
  return { header, extension: readExtension(line.slice(at)) };
}

function readExtension(text: string): [string, string][] {
  // A key is what stands between a blank and an equals sign that no backslash escapes; a value lasts to the next key.
  const pairs: [string, string][] = [];
  let start = 0;
  let end = 0;
  let key: string | undefined;
  const put = (to: number): void => {
    if (key !== undefined) pairs.push([key, unescaped(text.slice(start, to))]);
  };
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ' ') end = at;
    else if (text[at] === '=') {
      put(end);
      key = text.slice(pairs.length === 0 && key === undefined ? 0 : end + 1, at);
      start = at + 1;
    }
  }
  put(text.length);
  return pairs;
}

const unescaped = (text: string): string =>
  text.replace(/\\([\s\S])/g, (_, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : char));
