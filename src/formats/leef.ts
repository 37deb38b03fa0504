import type { EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { zoneOr } from '../core/time.js';
import { splitHostPort, splitUrl } from '../core/url.js';
import { share } from './common/detect.js';
import { applicationName, type Extension, parseBlankSeparated, parseDelimited, pick } from './common/extension.js';
import { cacheAction, httpStatus } from './common/squid-codes.js';
import { parseJavaTime, parseStamp } from './common/stamp.js';
import { verdict, verdictIn } from './common/verdict.js';

// IBM QRadar Log Event Extended Format, "LEEF event components" and "Predefined LEEF event attributes":
// LEEF:1.0|Vendor|Product|Version|EventID|key=value<tab>...
// LEEF:2.0|Vendor|Product|Version|EventID|Delimiter|key=value...   (the delimiter field may be missing: tab)
interface Parsed {
  eventId: string;
  fields: Extension;
}

function open(context: FormatContext): Reader {
  return {
    read(text) {
      const { message, time } = unwrapSyslog(text);
      const parsed = parseLeef(message);
      if (parsed === undefined) return reject('not a LEEF record');
      return record(parsed, () => time?.(context.zone, context.modified));
    },
  };

  function record({ eventId, fields }: Parsed, stamp: () => number | undefined): Outcome {
    const get = (...keys: readonly string[]): string | undefined => pick(fields, ...keys);
    const url = get('url', 'request', 'requesturl', 'uri', 'cs-uri');
    const urlHost = splitUrl(url ?? '').host;
    const named = splitHostPort(
      get('dhost', 'dsthost', 'dsthostname', 'destinationhostname', 'desthost', 'dstname', 'cs-host') ?? '',
    );
    const domain = get('domain');
    // `hostname` is the server's in web feeds; `domain` may be the user's Windows domain, which has no dot.
    const fallback =
      urlHost === undefined
        ? (get('host', 'hostname', 'fqdn') ?? (domain?.includes('.') ? domain : undefined))
        : undefined;
    const dst = get('dst', 'dstpostnat', 'destinationaddress');
    const host = named.host ?? (fallback === undefined ? undefined : splitHostPort(fallback).host);
    if (url === undefined && host === undefined && dst === undefined) return skip('no destination in the record');
    const asked = get('querytype', 'qtype') !== undefined || /^dns(?:\b|_)/i.test(eventId);
    const dns = url === undefined && (asked || /^dns$/i.test(get('app', 'appproto', 'service', 'cat') ?? ''));
    const query = dns ? get('query', 'dnsquery', 'qname', 'queryname', 'domain') : undefined;
    const status = httpStatus(
      get(
        'respcode',
        'status',
        'statuscode',
        'responsecode',
        'response',
        'httpstatus',
        'httpstatuscode',
        'sc-status',
        'proxystatus-code',
        'serverstatus-code',
      ),
    );
    const decided = get('action', 'act', 'disposition', 'policyaction', 'result', 'outcome');
    const cache = get('s-action'); // ProxySG's field names, where its administrator wrote the feed
    const draft: EventDraft = {
      kind: query === undefined ? 'web' : 'dns',
      action:
        verdict(decided) ??
        (status === 407 ? 'blocked' : undefined) ??
        (cache === undefined ? undefined : cacheAction(cache, status)) ??
        verdictIn(get('cat')) ??
        verdictIn(eventId) ??
        'unknown',
      time: timeOf(fields) ?? stamp(),
      user: get('usrname', 'username', 'suser', 'user', 'accountname', 'identusername', 'cs-username'),
      device: get('identhostname', 'srchostname', 'shost', 'srchost', 'identnetbios', 'vsrcname', 'devicehostname'),
      src_ip: get('src', 'identsrc', 'sourceaddress', 'srcprenat', 'vsrc', 'c-ip', 'srcpostnat'),
      dst_ip: dst,
      host: query ?? host,
      port: whole(get('dstport', 'dpt', 'destinationport', 'cs-uri-port')) ?? named.port,
      url,
      method: get('method', 'reqmethod', 'requestmethod', 'httpmethod', 'cs-method'),
      status,
      bytes_out: whole(get('srcbytes', 'bytesout', 'sentbytes', 'bytessent', 'cs-bytes')),
      bytes_in: whole(get('dstbytes', 'bytesin', 'receivedbytes', 'bytesreceived', 'sc-bytes')),
      user_agent: get(
        'useragent',
        'user-agent',
        'httpuseragent',
        'requestclientapplication',
        'agent',
        'ua',
        'cs(user-agent)',
      ),
      app: applicationName(get('appname', 'application', 'applicationname', 'app')),
      event_id: get('externalid', 'recordid'),
    };
    if (draft.host === undefined && url === undefined && draft.method === undefined) draft.flow = true;
    return draft;
  }

  function timeOf(fields: Extension): number | undefined {
    const value = pick(fields, 'devtime', 'eventtime', 'starttime', 'rt');
    if (value === undefined) return undefined;
    const zone = zoneOr(pick(fields, 'devtimezone', 'tz', 'timezone'), context.zone);
    const pattern = pick(fields, 'devtimeformat');
    return (
      (pattern === undefined ? undefined : parseJavaTime(value, pattern, zone)) ??
      parseStamp(value, zone, context.modified)
    );
  }
}

function parseLeef(text: string): Parsed | undefined {
  const begin = /^.{0,256}?(?:^|[\s"])LEEF: ?(\d)(?:\.\d)?(?=\|)/s.exec(text);
  if (begin === null) return undefined;
  const parts: string[] = [];
  let from = begin[0].length + 1;
  while (parts.length < 4) {
    const bar = text.indexOf('|', from);
    if (bar < 0) return undefined;
    parts.push(text.slice(from, bar).trim());
    from = bar + 1;
  }
  let rest = text.slice(from);
  let delimiter = '\t';
  const bar = rest.indexOf('|');
  // `^|`, `x09|`, `0x5E|`, `|` (none) or nothing at all before the first key.
  if (begin[1] === '2' && bar >= 0 && bar <= 6 && !/\w=/.test(rest.slice(0, bar))) {
    delimiter = delimiterOf(rest.slice(0, bar));
    rest = rest.slice(bar + 1);
  }
  return { eventId: parts[3] ?? '', fields: attributes(rest, delimiter) };
}

function delimiterOf(text: string): string {
  const hex = /^(?:0x|\\?x|\\u00|%)([\da-f]{2})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  if (/^(?:\\t|tab)?$/i.test(text.trim())) return '\t';
  return text.length === 1 ? text : text.trim();
}

/** Relays turn tabs into `#011`, `\t` or blanks; then these separate. */
function attributes(text: string, delimiter: string): Extension {
  if (text.includes(delimiter)) return parseDelimited(text, delimiter);
  if (delimiter === '\t')
    for (const other of ['#011', '\\t']) if (text.includes(other)) return parseDelimited(text, other);
  return parseBlankSeparated(text);
}

/** IBM LEEF of any vendor, with or without syslog header. */
export const format: Format = {
  title: 'LEEF (IBM Log Event Extended Format)',
  kinds: ['web', 'dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => parseLeef(unwrapSyslog(line).message) !== undefined);
    return fitting > 0
      ? { confidence: fitting * 0.85, why: `${Math.round(fitting * 100)} % of the first lines are LEEF records` }
      : undefined;
  },
  open,
};
