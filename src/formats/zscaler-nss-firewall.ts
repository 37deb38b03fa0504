import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { isObject, type JsonObject } from '../core/json.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { parseCtime, parseEpoch, parseTime, zoneOr } from '../core/time.js';
import { share } from './common/detect.js';
import { applicationName } from './common/extension.js';
import {
  carriedText,
  everyFeed,
  feedNames,
  firstValue,
  folded,
  pairsOf,
  parseFeedObject,
  unescapedName,
  type Values,
} from './common/zscaler-web.js';

// "NSS Feed Output Format: Firewall Logs" (help.zscaler.com), and the names of the templates for Splunk and cloud NSS. The customer
// writes the names; case, blanks, `_`, `-` and `.` do not count. c... is the client's side, s... the server's after translation.
const names = {
  ...everyFeed,
  src_ip: feedNames(['csip', 'clientsourceip', 'cltsip', 'srcip', 'src', 'cip', 'clientip', 'tsip', 'ssip']),
  dst_ip: feedNames([
    'cdip',
    'clientdestinationip',
    'clientdestip',
    'sdip',
    'serverdestinationip',
    'serverdestip',
    'srvdip',
    'dstip',
    'dst',
    'destip',
  ]),
  port: feedNames([
    'cdport',
    'clientdestinationport',
    'clientdestport',
    'sdport',
    'serverdestinationport',
    'serverdestport',
    'dstport',
    'destport',
  ]),
  host: feedNames(['cdfqdn', 'sdfqdn', 'fqdn', 'destfqdn', 'clientdestinationfqdn', 'dsthost', 'host']),
  location: feedNames(['location', 'locationname']),
  action: feedNames(['action', 'act', 'policyaction']),
  bytes_out: feedNames(['outbytes', 'bytesout', 'outboundbytes', 'sentbytes']),
  bytes_in: feedNames(['inbytes', 'bytesin', 'inboundbytes', 'receivedbytes']),
  app: feedNames(['nwapp', 'networkapplication', 'networkapp', 'application', 'appname']),
} as const;

/** Names that only this feed has. */
const telling =
  'csip cdip csport cdport ssip sdip ssport sdport tsip tsport tunsport tuntype cdfqdn nwsvc nwapp ipcat dnat dnatrulelabel stateful aggregate avgduration durationms numsessions inbytes outbytes ipproto ipsrulelabel ipscustomsignature srcipcountry destcountry locationname'.split(
    ' ',
  );
const isFeed = (values: Values): boolean => telling.filter((name) => values.has(name)).length >= 3;

function actionOf(text: string | undefined): Action {
  if (/^(?:allow|permit|nat|pass)/i.test(text ?? '')) return 'allowed';
  return /^(?:block|den|drop|reset|reject|ips[ _](?:drop|reset|block))/i.test(text ?? '') ? 'blocked' : 'unknown';
}

function event(values: Values, { zone, modified }: FormatContext): Outcome {
  const get = (key: keyof typeof names) => firstValue(values, names[key]);
  const [host, dst_ip] = [get('host'), get('dst_ip')];
  if (host === undefined && dst_ip === undefined)
    return isFeed(values) ? reject('no destination in the record') : reject('no fields of a firewall feed');
  const user = unescapedName(get('user'));
  const own = zoneOr(get('zone'), zone);
  const stamp = get('time') ?? '';
  return {
    kind: 'web',
    ...(host === undefined && { flow: true }),
    action: actionOf(get('action')),
    time: parseCtime(stamp, own) ?? parseTime(stamp, own, modified) ?? parseEpoch(get('epoch') ?? ''),
    // Where nobody is signed in, the location stands for the user.
    user: user === get('location') ? undefined : user,
    device: get('device'),
    src_ip: get('src_ip'),
    dst_ip,
    host,
    port: whole(get('port')),
    bytes_out: whole(get('bytes_out')),
    bytes_in: whole(get('bytes_in')),
    app: applicationName(get('app')),
    event_id: get('event_id'),
  };
}

interface Message {
  values: Values;
  sourcetype?: unknown;
}

/** The fields of a message, JSON or `key=value`; undefined for broken JSON. */
function valuesOf(text: string, depth = 2): Message | undefined {
  const brace = text.slice(0, 300).indexOf('{');
  if (brace < 0) return { values: pairsOf(text) };
  const outer = parseFeedObject(text.slice(brace));
  return outer === undefined ? undefined : valuesIn(outer, depth);
}

/** The fields of an object, under `event` where the feed is one for Splunk, or carried by a forwarder as text. */
function valuesIn(outer: JsonObject, depth: number): Message | undefined {
  const { sourcetype, event: inner } = outer;
  if (typeof inner === 'string')
    return { values: (depth > 0 && valuesOf(inner.trim(), depth - 1)?.values) || new Map(), sourcetype };
  const values = folded(isObject(inner) ? inner : outer);
  const carried = depth > 0 && !isFeed(values) ? carriedText(outer) : undefined;
  return carried === undefined ? { values, sourcetype } : valuesOf(unwrapSyslog(carried).message, depth - 1);
}

const other = (sourcetype: unknown): boolean =>
  typeof sourcetype === 'string' && /zscaler/i.test(sourcetype) && !/fw|firewall/i.test(sourcetype);

function open(context: FormatContext): Reader {
  return {
    read(text) {
      const { message, time } = unwrapSyslog(text);
      const found = valuesOf(message);
      if (found === undefined) return reject('broken JSON');
      if (other(found.sourcetype)) return skip('another Zscaler log');
      const outcome = event(found.values, context);
      if ('kind' in outcome) outcome.time ??= time?.(context.zone, context.modified);
      return outcome;
    },
  };
}

const isFeedLine =
  (fits: (found: Message | undefined) => boolean) =>
  (line: string): boolean =>
    line.includes('=') && !/\b(?:CEF|LEEF):\d/.test(line) && fits(valuesOf(unwrapSyslog(line).message));

/** Zscaler Internet Access firewall logs as NSS or cloud NSS feeds them: JSON or `key=value`. */
export const format: Format = {
  title: 'Zscaler NSS firewall log',
  kinds: ['web'],
  framing: 'json',
  detect(sample) {
    const fits = (found: Message | undefined): boolean =>
      found !== undefined && !other(found.sourcetype) && isFeed(found.values);
    const records = sample.json.slice(0, 20);
    const fitting =
      records.length > 0
        ? records.filter((record) => fits(valuesIn(record, 2))).length / records.length
        : share(sample.lines.slice(0, 10), isFeedLine(fits));
    return fitting > 0 ? { confidence: 0.96 * fitting, why: 'the fields of a Zscaler NSS firewall feed' } : undefined;
  },
  open,
};
