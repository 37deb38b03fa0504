import { Columns } from '../../core/csv.js';
import { at, type JsonObject, parseObject } from '../../core/json.js';

/**
 * Every customer writes the feed's field names himself. Here are, for each value, the names of "NSS Feed Output Format: Web
 * Logs" (help.zscaler.com), those of the templates for Splunk, QRadar and cloud NSS, and of the Web Insights export. Case,
 * blanks, `_`, `-` and `.` do not count; each name may have the prefix `b64` (Base64) or `e` (percent-encoded). First found wins.
 */
export const aliases = {
  time: ['datetime', 'time', 'eventtime', 'loggedtime', 'timestamp', 'logtime'],
  epoch: ['epochtime', 'epoch'],
  zone: ['tz', 'timezone'],
  user: ['login', 'user', 'username', 'loginname', 'userid', 'useremail', 'usrname', 'suser', 'usr'],
  // The address that the proxy saw, then the inner one, then the one behind which a site hides.
  src_ip: [
    'clientip',
    'cip',
    'cltip',
    'srcip',
    'src',
    'sourceip',
    'cltintip',
    'cintip',
    'clientintip',
    'clientinternalip',
    'cltpubip',
    'cpubip',
    'clientpublicip',
  ],
  dst_ip: ['serverip', 'sip', 'srvip', 'dstip', 'dst', 'destinationip', 'destip'],
  url: ['url', 'requesturl', 'fullurl', 'request', 'uri'],
  host: ['host', 'hostname', 'urlhost', 'dhost', 'desthost', 'destinationhost', 'domain'],
  method: ['reqmethod', 'requestmethod', 'httpmethod', 'method'],
  status: ['respcode', 'responsecode', 'status', 'statuscode', 'httpstatus'],
  bytes_out: ['reqsize', 'requestsize', 'reqbytes', 'sentbytes', 'bytessent', 'srcbytes'],
  bytes_in: ['respsize', 'responsesize', 'respbytes', 'receivedbytes', 'bytesreceived', 'dstbytes'],
  action: ['action', 'policyaction', 'act'],
  device: ['devicehostname', 'devicename'],
  user_agent: ['useragent', 'ua', 'requestclientapplication'],
  app: ['appname', 'applicationname', 'cloudapplication', 'application', 'app'],
  event_id: ['recordid', 'eventid'],
  // Time in parts.
  year: ['year', 'yy'],
  month: ['monthofyear', 'mth'],
  day: ['dayofmonth', 'dd'],
  hour: ['hour', 'hh'],
  minute: ['minute', 'mm'],
  second: ['second', 'ss'],
} as const;
export type Key = keyof typeof aliases;

/** Names that tell a feed of web logs from other records with a user, a URL and an action. */
const telling = new Set(
  'reqmethod requestmethod respcode reqsize respsize requestsize responsesize transactionsize totalsize urlcategory urlcat urlsupercat urlsupercategory urlclass appname appclass dlpengine dlpeng dlpdict dlpdictionaries threatcategory threatclass malwarecat malwareclass malwarecategory riskscore pagerisk cltip cltintip cltpubip cip cintip sip devicehostname deviceowner bwthrottle fileclass unscannabletype refererurl ereferer b64url b64host b64referer eurl ehost eua login department stime ctime policyaction cloudapplication'.split(
    ' ',
  ),
);
/** Names of the other NSS feeds (firewall, DNS, tunnel). */
export const foreign = [
  'dnsreq',
  'reqaction',
  'cltsip',
  'csip',
  'cdip',
  'ssip',
  'sdip',
  'tunneltype',
  'tunnelactionname',
];
/** The documented CSV order, which has no header; some feeds leave out the two transaction times. */
export const order =
  'time login proto eurl action appname appclass reqsize respsize stime ctime urlclass urlsupercat urlcat malwarecat threatname riskscore dlpeng dlpdict location dept cip sip reqmethod respcode ua ereferer ruletype rulelabel contenttype unscannabletype deviceowner devicehostname'.split(
    ' ',
  );
export const noTimes = order.filter((name) => !/^[sc]time$/.test(name));
const missing = /^(?:none|na|n\/a|unknown|null|-)?$/i;

export type Values = ReadonlyMap<string, unknown>;

const prefixes = ['b64', '', 'e'];
/** A name under which a value may stand, and whether it is in Base64 there. */
export interface FeedName {
  name: string;
  base64: boolean;
}
/** All names of a value, best first. */
export const feedNames = (names: readonly string[]): readonly FeedName[] =>
  names.flatMap((name) => prefixes.map((prefix) => ({ name: prefix + name, base64: prefix === 'b64' })));
/** What the firewall and DNS feeds call alike. */
export const everyFeed = {
  time: feedNames(['datetime', 'time', 'eventtime', 'timestamp', 'logtime']),
  epoch: feedNames(['epochtime', 'epoch']),
  zone: feedNames(['tz', 'timezone']),
  user: feedNames(['user', 'login', 'username', 'useremail', 'usrname', 'suser']),
  device: feedNames(['devicehostname', 'devicename']),
  event_id: feedNames(['recordid', 'eventid']),
} as const;

const candidates = new Map<Key, readonly FeedName[]>(
  (Object.keys(aliases) as Key[]).map((key) => [key, feedNames(aliases[key])]),
);

/** The first value under one of its names that does not say that there is none; Base64 is undone. */
export const feedValue = (values: Values, key: Key): string | undefined =>
  firstValue(values, candidates.get(key) ?? []);

/** See `feedValue`, for names of another feed. */
export function firstValue(values: Values, names: readonly FeedName[]): string | undefined {
  for (const { name, base64 } of names) {
    const raw = values.get(name);
    if (raw === undefined) continue;
    let text = typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : '';
    if (base64 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && !missing.test(text))
      text = Buffer.from(text, 'base64').toString('utf8').trim();
    if (!missing.test(text)) return text;
  }
  return undefined;
}

/** A control character in a name is a backslash of `DOMAIN\\name` that the feed did not escape. */
export const unescapedName = (name: string | undefined): string | undefined =>
  name?.replace(/[\b\f\n\r\t]/g, (c) => JSON.stringify(c).slice(1, -1));

/** Columns that may hold the User-Agent; undefined where one of them is in Base64. */
export function agentColumns(names: readonly string[]): number[] | undefined {
  const wanted = candidates.get('user_agent') ?? [];
  if (wanted.some(({ name, base64 }) => base64 && names.includes(name))) return undefined;
  return wanted.map(({ name }) => names.indexOf(name)).filter((at) => at >= 0);
}

/** JSON written by a feed template: a lone backslash (`ACME\jdoe`) makes it invalid and is taken as written. */
export function parseFeedObject(text: string): JsonObject | undefined {
  const body = text.trimEnd().replace(/,$/, '');
  return (
    parseObject(body) ??
    parseObject(body.replace(/\\(["\\/bfnrt]|u[0-9a-fA-F]{4})?/g, (m, valid?: string) => (valid ? m : '\\\\')))
  );
}

/** The whole line as a forwarder took it over (Filebeat, Logstash, Fluentd, Splunk's export), unless the record is a feed's own. */
export function carriedText(record: JsonObject): string | undefined {
  if (isFeed([...folded(record).keys()])) return undefined;
  const paths = ['event.original', 'message', '_raw', 'result._raw', 'log', 'fields.message'];
  const text = paths.map((path) => at(record, path)).find((found) => typeof found === 'string' && found.trim() !== '');
  return typeof text === 'string' ? text : undefined;
}

/** Keys without case, blanks and underscores. */
export function folded(record: JsonObject): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(record)) {
    const name = Columns.fold(key.slice(0, 64));
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

/** Pairs between tabs, or between blanks or commas; text before the first is the time. Unquoted values may hold blanks. */
export function pairsOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  const set = (key: string, raw: string) => {
    const value = raw.trim();
    const name = Columns.fold(key);
    if (!pairs.has(name))
      pairs.set(name, /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value);
  };
  const tabs = text.includes('\t');
  const commas = /^[^=]{0,200}=(?:[^\s,="]{0,64}|"[^"]{0,64}"),\s?\w{1,40}=/.test(text);
  const key = tabs ? /(?:^|\t)([A-Za-z_][\w .-]{0,40})=/g : /(?:^|[\s,])([A-Za-z_]\w{0,40})=/g;
  const next = tabs ? /\t/g : commas ? /[\s,][A-Za-z_]\w{0,40}=/g : /\s[A-Za-z_]\w{0,40}=/g;
  for (let m = key.exec(text); m !== null; m = key.exec(text)) {
    if (pairs.size === 0 && m.index > 0) set('datetime', text.slice(0, m.index));
    const from = key.lastIndex;
    let end = from;
    if (text[from] === '"' && !tabs) {
      end = closingQuote(text, from + 1);
    } else {
      next.lastIndex = from;
      end = next.exec(text)?.index ?? text.length;
    }
    const raw = text.slice(from, end).trim();
    set(m[1] ?? '', commas && raw.endsWith(',') ? raw.slice(0, -1) : raw);
    key.lastIndex = end;
  }
  return pairs;
}

/** End of a quoted value: a quote that no backslash precedes and that a separator follows. */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' && /^[\s,;|]?$/.test(text[at + 1] ?? '')) return at + 1;
  }
  return text.length;
}

export function countTelling(names: Iterable<string>): number {
  let count = 0;
  for (const name of names) if (telling.has(name)) count++;
  return count;
}

const namesTarget = (names: readonly string[]): boolean =>
  [...aliases.url, ...aliases.host].some((name) => ['', 'e', 'b64'].some((prefix) => names.includes(prefix + name)));
/** Whether field names are those of a web log feed. */
export const isFeed = (names: readonly string[]): boolean =>
  countTelling(names.slice(0, 300)) >= 3 && namesTarget(names.slice(0, 300));
