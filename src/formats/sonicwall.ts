import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { canonicalIp } from '../core/host.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { share } from './common/detect.js';
import { applicationName, type Extension, pick } from './common/extension.js';
import { httpStatus } from './common/squid-codes.js';
import { parseStamp } from './common/stamp.js';
import { verdict } from './common/verdict.js';

// "SonicOS Log Events Reference Guide", 5.9 to 7.x: the tags of syslog in default and enhanced form; `m` is the event, `c` its
// legacy category. The web site events have `dstname` and `arg`, and `op` as a method or as a number of SonicOS's own.
const opened = '98';
/** Web site accessed, web site hit, connection opened, connection closed. */
const wentThrough = new Set(['16', '97', opened, '537']);
/** Maintenance, system errors, user activity, attacks: they may name two addresses, but no use of anything. */
const otherCategories = new Set(['1', '2', '16', '32']);

const administration = /\blog(?:ged )?[ -]?(?:in|out|on)\b|\b(?:authenticat|administrator|IKE|IPsec|DHCP)/i;

function open({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const pairs = parseKeyValues(text, true);
      if (pick(pairs, 'm') === undefined || pick(pairs, 'id', 'sn', 'time') === undefined)
        return reject('not a line of SonicOS syslog');
      const draft = readEvent(pairs);
      if (!('kind' in draft)) return draft;
      const time = parseStamp(pick(pairs, 'time') ?? '', zone, modified);
      return { ...draft, time: time ?? unwrapSyslog(text).time?.(zone, modified) };
    },
  };
}

function readEvent(pairs: Extension): Outcome {
  const event = pick(pairs, 'm') ?? '';
  const host = pick(pairs, 'dstname');
  const message = pick(pairs, 'msg');
  if (host === undefined && (otherCategories.has(pick(pairs, 'c') ?? '') || administration.test(message ?? '')))
    return skip('message about the system, a sign-in or an attack');
  const from = endpoint(pairs, 'src');
  const to = endpoint(pairs, 'dst');
  if (host === undefined && to.ip === undefined)
    return wentThrough.has(event) || /\bconnection\b/i.test(message ?? '')
      ? reject('the line names no destination')
      : skip('message without a destination');
  const method = pick(pairs, 'op');
  const user = pick(pairs, 'usr', 'user');
  const app = pick(pairs, 'appName', 'app_name');
  const path = pick(pairs, 'arg');
  return {
    kind: 'web',
    action: actionOf(event, pick(pairs, 'fw_action'), message),
    user: user !== undefined && /^unknown\b/i.test(user) ? undefined : user,
    device: from.name,
    src_ip: from.ip,
    dst_ip: to.ip,
    host,
    port: to.port,
    url: host === undefined ? undefined : path,
    method: method !== undefined && /^[A-Z]{3,12}$/i.test(method) ? method : undefined,
    status: httpStatus(pick(pairs, 'result')),
    // What an opened connection has carried so far is in the line of its end once more.
    ...(event !== opened && { bytes_out: whole(pick(pairs, 'sent')), bytes_in: whole(pick(pairs, 'rcvd')) }),
    app: app !== undefined && /^general\b/i.test(app) ? undefined : applicationName(app),
    ...(host === undefined && { flow: true }),
  };
}

/** `fw_action` is `NA` where no rule was asked; then the event itself says what became of it. */
function actionOf(event: string, action: string | undefined, message: string | undefined): Action {
  if (/^(?:drop|den|discard|block|reset|reject)/i.test(action ?? '')) return 'blocked';
  if (/^(?:forward|allow|accept|pass|mgmt)/i.test(action ?? '')) return 'allowed';
  if (wentThrough.has(event)) return 'allowed';
  return verdict(message) ?? 'unknown';
}

/** `src=10.1.2.3:50000:X0:name`, with less at the end; IPv6 in brackets, or apart in `srcV6`. */
function endpoint(
  pairs: Extension,
  side: 'src' | 'dst',
): { ip?: string | undefined; port?: number | undefined; name?: string | undefined } {
  const text = pick(pairs, side)?.slice(0, 300) ?? '';
  const bracketed = /^(\[[^\]]*\])(.*)$/s.exec(text);
  const [first = '', ...parts] =
    bracketed === null ? text.split(':') : [bracketed[1], ...(bracketed[2] ?? '').split(':').slice(1)];
  const own = canonicalIp(first);
  const v6 = pick(pairs, `${side}V6`);
  const port = whole(parts[0]) ?? whole(pick(pairs, `${side}Port`));
  if (own !== undefined) return { ip: own, port, name: nameOf(parts[2]) };
  // Without brackets nobody can say where an IPv6 address ends and the port begins.
  const bare = canonicalIp(v6 ?? text);
  return { ip: bare, port: bare === undefined ? undefined : whole(pick(pairs, `${side}Port`)) };
}

const nameOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^[A-Za-z][\w.-]*$/.test(text) ? text : undefined;

const isSonicOs = (line: string): boolean => {
  const start = line.slice(0, 2000);
  return (
    /(?:^|[\s>])id=\S{1,64} .{0,40}?\bsn=\w{8,16} /.test(start) &&
    /\spri=\d/.test(start) &&
    /\sm=\d{1,5}\s/.test(`${start} `)
  );
};

/** SonicWall SonicOS syslog (default and enhanced): web site hits, connections, application control. */
export const format: Format = {
  title: 'SonicWall SonicOS (web sites, connections, application control)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, isSonicOs);
    return fitting > 0
      ? { confidence: 0.5 + 0.47 * fitting, why: 'key=value lines with the id, sn, pri, c and m of SonicOS' }
      : undefined;
  },
  open,
};
