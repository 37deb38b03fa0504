import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { canonicalIp } from '../core/host.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { parseIso } from '../core/time.js';
import { share } from './common/detect.js';
import { applicationName, type Extension, pick } from './common/extension.js';

// "Fireware Log Catalog" 11.x to 12.x: process: msg_id="1AFF-0024" Allow 1-Trusted 0-External tcp 10.0.1.2 198.51.100.7 50000 443 msg="..."
// key="value" ... (Policy-00). Packet filter lines have lengths before and after the protocol. Fireware 11 and older wrote pairs only (disp=, src_ip=).
const begin = /(?:^|\s)msg_id="([^"]{1,20})"|\sdisp="?(?=[A-Z])/;
const disposition =
  /^(?:proxy)?(?:allow|deny|drop|block|abort|reject|strip|replace|lock|avscan|inspect|mirror)\w{0,10}$/i;

/** What stands between `msg_id` and the first pair. */
interface Positions {
  disposition?: string | undefined;
  src?: string | undefined;
  dst?: string | undefined;
  port?: number | undefined;
}

function open({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const at = begin.exec(text.slice(0, 600));
      if (at === null)
        return /\s[a-z][\w-]{1,30}(?:\[\d{1,10}\])?: /.test(text.slice(0, 300))
          ? skip('message without an id')
          : reject('not a line of a WatchGuard Firebox');
      const rest = text.slice(at.index + (at[1] === undefined ? 0 : at[0].length));
      const outcome = readMessage(rest, parseKeyValues(rest));
      if (!('kind' in outcome)) return outcome;
      const clock = /\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)/.exec(text.slice(0, at.index));
      const time = parseIso(clock?.[1] ?? '', zone) ?? unwrapSyslog(text).time?.(zone, modified);
      return { ...outcome, time };
    },
  };
}

function readMessage(rest: string, pairs: Extension): Outcome {
  const get = (...names: readonly string[]): string | undefined => pick(pairs, ...names);
  const place = positionsOf(rest);
  const verdict = get('disp') ?? place.disposition;
  if (verdict === undefined) return skip('message without a disposition');
  const [src, dst] = [get('src_ip', 'src') ?? place.src, get('dst_ip', 'dst') ?? place.dst];
  const question = get('question', 'query', 'query_name');
  const dns = question !== undefined && get('query_type', 'question_type', 'qtype') !== undefined;
  const host = dns ? question : (get('dstname', 'sni', 'server_name') ?? hostName(get('cn')));
  if (src === undefined && dst === undefined && host === undefined)
    return reject('the line names no source and no destination');
  const path = get('arg');
  const method = get('op');
  return {
    kind: dns ? 'dns' : 'web',
    action: actionOf(verdict),
    user: get('src_user', 'user'),
    src_ip: src,
    dst_ip: dst,
    host,
    port: whole(get('dst_port')) ?? place.port,
    url: host !== undefined && path?.startsWith('/') === true ? path : undefined,
    method: method !== undefined && /^[A-Z-]{2,20}$/i.test(method) ? method : undefined,
    bytes_out: whole(get('sent_bytes')),
    bytes_in: whole(get('rcvd_bytes')),
    user_agent: get('user_agent', 'ua'),
    app: applicationName(get('app_name')),
    ...(host === undefined && { flow: true }),
  };
}

function positionsOf(rest: string): Positions {
  const place: Positions = {};
  let ports = false;
  let numbers = 0;
  for (const word of rest.slice(0, 400).split(' ').slice(0, 30)) {
    if (word.includes('=')) break;
    if (word === '') continue;
    if (place.disposition === undefined && disposition.test(word)) place.disposition = word;
    else if (/^(?:[\w-]{1,20}\/)?(?:tcp|udp)$/i.test(word)) ports = true;
    else if (place.src === undefined) place.src = canonicalIp(word);
    else if (place.dst === undefined) place.dst = canonicalIp(word);
    // Behind the addresses stand the ports, or the type and code of ICMP.
    else if (ports && numbers++ === 1) place.port = whole(word);
  }
  return place;
}

/** Parts were taken out of the content (strip, replace), or it was looked at: whether it went through is not said. */
function actionOf(word: string): Action {
  if (/^(?:proxy)?allow/i.test(word)) return 'allowed';
  return /^(?:proxy)?(?:deny|den|drop|block|abort|reject)/i.test(word) ? 'blocked' : 'unknown';
}

/** The name in a certificate may stand for many. */
const hostName = (name: string | undefined): string | undefined =>
  name !== undefined && /^[\w-]+(?:\.[\w-]+)+$/.test(name) ? name : undefined;

const own =
  /(?:^|\s)(?:firewall|[a-z-]{2,20}-proxy|loggerd|sessiond|admd)(?:\[\d{1,10}\])?: .{0,40}?msg_id="[\dA-F]{4}-[\dA-F]{4}"/;

/** WatchGuard Firebox (Fireware) traffic log: packet filter, HTTP, HTTPS and DNS proxies. */
export const format: Format = {
  title: 'WatchGuard Firebox (traffic: packet filter, HTTP, HTTPS, DNS proxy)',
  kinds: ['web', 'dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => own.test(line.slice(0, 500)));
    return fitting > 0
      ? { confidence: 0.5 + 0.47 * fitting, why: 'lines of firewall and proxy processes with the msg_id of Fireware' }
      : undefined;
  },
  open,
};
