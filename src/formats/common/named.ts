import { type FormatContext, type Outcome, reject, skip } from '../../core/format.js';
import type { Judge, LineLayout, Step } from '../../core/layout.js';
import { unwrapSyslog } from '../../core/syslog.js';
import { parseTime } from '../../core/time.js';
import { answerAction, isIpv4, isType } from './dns.js';

const other = skip('another message of named');

/** `client [@0x..] IP#port`, up to the query. */
const client = /\bclient (?:@0x[\da-f]{1,32} )?([\da-f:.]{2,45}(?:%\w{1,32})?)#\d{1,5}\b/i;
/** The server's own time: `26-Nov-2026 08:08:10.043`, `2026-11-26T08:08:10.043Z` (print-time iso8601). */
const ownTime =
  /(?:^|\s)(\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\s/;
const asked = /^(\S{0,1024}) (?:IN|CH|HS|ANY|NONE|CLASS\d{1,5}) [A-Z]\S{0,31}(?: response: (\S{1,20}))?/;
/** A response policy zone at work: `rpz QNAME NXDOMAIN rewrite ads.example/A/IN via ads.example.rpz`. */
const rewrite = /\b(disabled )?rpz [A-Z-]{2,12} ([A-Za-z-]{2,16}) rewrite ([^\s/]{1,1024})/;

export const isQueryLine = (line: string): boolean => {
  const at = line.indexOf(' query: ');
  return at > 0 && client.test(line.slice(0, at)) && asked.test(line.slice(at + 8));
};

/** What only Infoblox writes: the answer behind the query, categories and CEF of its own. */
export const isInfoblox = (line: string): boolean =>
  /\binfoblox|CEF:0\|Infoblox/i.test(line) || (isQueryLine(line) && / response: [A-Z]{2,10}\b/.test(line));

/**
 * A line of named: queries of clients, with the answer's code (Infoblox) or without, and what response policy zones did with
 * them. Sources: BIND 9 Administrator Reference Manual, "logging" (categories queries, rpz); Infoblox NIOS documentation,
 * "Capturing DNS queries and responses".
 */
export function readNamed(text: string, { zone, modified }: FormatContext): Outcome {
  const at = text.indexOf(' query: ');
  const head = at < 0 ? text : text.slice(0, at);
  const source = client.exec(head);
  const query = at < 0 ? null : asked.exec(text.slice(at + 8));
  const policy = query === null && !text.includes('CEF:') ? rewrite.exec(text) : null;
  if (source === null || (query === null && policy === null)) {
    if (at >= 0 && source !== null) return reject('a query that cannot be read');
    return isNamed(text) ? other : reject('not a line of named');
  }
  const stamp = ownTime.exec(`${head.slice(0, source.index)} `)?.[1];
  const time =
    (stamp === undefined ? undefined : parseTime(stamp, zone, modified)) ?? unwrapSyslog(text).time?.(zone, modified);
  const src_ip = source[1];
  if (query !== null) return { kind: 'dns', action: answerAction(query[2]), time, src_ip, host: query[1] };
  const passed = policy?.[1] !== undefined || /^(?:passthru|disabled)$/i.test(policy?.[2] ?? '');
  return { kind: 'dns', action: passed ? 'allowed' : 'blocked', time, src_ip, host: policy?.[3] };
}

const isPointer: Judge = (word) => /^[\da-f]{1,32}$/i.test(word);
const clientAndPort: readonly Step[] = [
  { do: 'word', until: '#', not: ' ', judge: isIpv4 },
  { do: 'pattern', text: '#00000' },
];
const pointer: readonly Step[] = [
  { do: 'literal', text: 'client @0x' },
  { do: 'word', until: ' ', judge: isPointer, next: ' ' },
  ...clientAndPort,
  { do: 'literal', text: ' (' },
  // No blank in it, so no other query stands before the one that counts.
  { do: 'skip', until: ')', not: ' ', next: ')' },
];
const question: readonly Step[] = [
  { do: 'literal', text: ': query: ' },
  { do: 'host', until: ' ' },
  { do: 'literal', text: ' IN ' },
  { do: 'word', until: ' ', judge: isType },
  { do: 'literal', text: ' ' },
  { do: 'rest' },
];
const view: readonly Step[] = [
  { do: 'literal', text: ': view ' },
  { do: 'skip', until: ':', not: ' ' },
];
const ownClock: Step = { do: 'pattern', text: '00-Aaa-0000 00:00:00.000', next: ' ' };
const header: readonly Step[] = [
  { do: 'pattern', text: 'Aaa _0 00:00:00 ' },
  { do: 'skip', until: ' ', not: '#', next: ' ' },
  { do: 'literal', text: 'named[' },
  { do: 'skip', until: ']', not: ' ', next: ']' },
  { do: 'literal', text: ': ' },
];
const priority: readonly Step[] = [
  { do: 'literal', text: '<' },
  { do: 'skip', until: '>', not: ' ', next: '>' },
];
const category: Step = { do: 'literal', text: 'queries: info: ' };

/** The speed path: queries of IPv4 clients with a port of five digits, which is nearly all; what `readNamed` makes an event of. */
export const namedLayout: LineLayout = {
  shapes: [
    [ownClock, category, ...pointer, ...question],
    [ownClock, category, ...pointer, ...view, ...question],
    [...priority, ...header, ...pointer, ...question],
    [...header, ...pointer, ...question],
    [
      ...priority,
      ...header,
      ownClock,
      { do: 'literal', text: 'client ' },
      ...clientAndPort,
      { do: 'pattern', text: ' AAA' },
      ...question,
    ],
  ],
};

/** A whole line of named or of the appliance around it, and not a torn one: it begins with a time, a header or a category. */
const isNamed = (text: string): boolean =>
  ownTime.test(text) || unwrapSyslog(text).wrapped || /^(?:[a-z-]{3,24}: ){0,2}\S+ \S/.test(text);
