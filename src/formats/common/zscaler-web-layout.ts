import { Columns } from '../../core/csv.js';
import type { Check, Judge, KeyRule, LineLayout, Row, TableLayout } from '../../core/layout.js';
import { agentColumns, aliases, noTimes, order } from './zscaler-web.js';

// What lines of the Zscaler web feed look like, for the speed path.

/** Methods as the feed writes them. */
export const verbs =
  /^(?:get|head|post|put|patch|delete|options|connect|trace|propfind|proppatch|report|mkcol|search|invalid|na|none)$/i;

/** URL of a row that begins as documented and whose host is in plain sight. `plain` asks for no less. */
export function plainUrl(text: string): string | undefined {
  const m =
    /^"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}","[^"]*","[A-Z0-9_]{2,24}","([^"]*)","(?:Allowed|Blocked)",/.exec(
      text,
    );
  return m?.[1] !== undefined && /^[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]{1,190}(?:[:/?]|$)/.test(m[1]) ? m[1] : undefined;
}

const isProtocol: Judge = (word) => /^[A-Z0-9_]{2,24}$/.test(word);
const isAction: Judge = (word) => word === 'Allowed' || word === 'Blocked';
const isVerb: Judge = (word) => verbs.test(word);
const isNoVerb: Judge = (word) => !verbs.test(word);
const lengths = {
  Jan: 31,
  Feb: 28,
  Mar: 31,
  Apr: 30,
  May: 31,
  Jun: 30,
  Jul: 31,
  Aug: 31,
  Sep: 30,
  Oct: 31,
  Nov: 30,
  Dec: 31,
};
/** `Sun Nov 22 `; whether there is a 29th of February depends on the year. */
const isDay: Judge = (text) => {
  const day = Number(text.slice(8, 10));
  return (
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) /.test(text) &&
    day >= 1 &&
    day <= (lengths[text.slice(4, 7) as keyof typeof lengths] ?? 0)
  );
};

/** What `plainUrl` says of a row. */
const plain: readonly Check[] = [
  { do: 'ctime', field: 0, quoted: true, judge: isDay },
  { do: 'any', field: 1, quoted: true },
  { do: 'word', field: 2, quoted: true, judge: isProtocol },
  { do: 'url', field: 3, quoted: true, dotted: true },
  { do: 'word', field: 4, quoted: true, judge: isAction },
];

/** Rows that begin as documented: `read` makes one event of each, with the URL in the fourth field, under any header. */
export function layoutOf(names: readonly string[] | undefined): TableLayout | undefined {
  const row = (columns: readonly string[], more: readonly Check[]): Row | undefined => {
    const agents = agentColumns(columns);
    if (agents === undefined) return undefined;
    const checks = [...plain, ...more, ...agents.map((field) => ({ do: 'agent', field }) as const)];
    return { min: 1 + Math.max(5, ...checks.map(({ field }) => field)), max: 500, checks };
  };
  const verb = (columns: readonly string[], judge: Judge): Check => ({
    do: 'word',
    field: columns.indexOf('reqmethod'),
    judge,
  });
  const rows =
    names === undefined
      ? [row(order, [verb(order, isVerb)]), row(noTimes, [verb(order, isNoVerb), verb(noTimes, isVerb)])]
      : [row(names, [])];
  return { by: 'commas, quotes', rows: rows.filter((item) => item !== undefined) };
}
export const defaultLayout = layoutOf(undefined);

/** Bits of three of the names that tell a feed of web logs, and of a URL with a host in plain sight. */
const [urlBit, methodBit, sentBit, otherBit] = [1, 2, 4, 8];
const isWebSource: Judge = (word) => !/zscaler/i.test(word) || /web/i.test(word);
const jsonKeys: KeyRule = (key) => {
  const name = Columns.fold(key.slice(0, 64));
  if (name === 'event') return { use: 'into' };
  if (name === 'sourcetype') return { use: isWebSource };
  // Records within records.
  if (/^(?:original|message|raw|result|log|fields)$/.test(name)) return { use: 'look' };
  if (/^b64/.test(name)) return { use: 'look' };
  const plainName = [name, name.replace(/^e/, '')];
  const among = (names: readonly string[]): boolean => plainName.some((item) => names.includes(item));
  if (among(aliases.url)) return { use: 'dotted-url', bit: urlBit };
  if (among(aliases.host)) return { use: 'host' };
  if (among(aliases.user_agent)) return { use: 'agent' };
  if (name === 'reqmethod' || name === 'requestmethod') return { use: 'any', bit: methodBit };
  if (/^(?:respcode|reqsize|requestsize|transactionsize|totalsize)$/.test(name)) return { use: 'any', bit: sentBit };
  if (/^(?:respsize|responsesize|urlcategory|urlcat|urlclass|appname|department)$/.test(name))
    return { use: 'any', bit: otherBit };
  return { use: 'any' };
};
export const jsonLayout: LineLayout = {
  shapes: [[{ do: 'json', required: urlBit | methodBit | sentBit | otherBit }]],
  keys: jsonKeys,
};
