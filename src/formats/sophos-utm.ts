import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Reader, reject, skip } from '../core/format.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { parseIso } from '../core/time.js';
import { share } from './common/detect.js';
import { applicationName, pick } from './common/extension.js';
import { httpStatus } from './common/squid-codes.js';
import { verdict } from './common/verdict.js';

// Sophos UTM 9 ("Log File Messages" and the knowledge base on the web filtering and packet filter logs):
// 2026:11:22-10:00:01 name httpproxy[pid]: id="0001" severity="info" sys="SecureWeb" sub="http" name="..." action="pass" ...
/** Local to the gateway, without a zone. */
const stamp = /(?:^|[\s>])(\d{4}):(\d\d):(\d\d)-(\d\d:\d\d:\d\d) /;

function open({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const start = text.slice(0, 400);
      const at = stamp.exec(start);
      const begin = /(?:^|\s)id="/.exec(start);
      if (begin === null)
        // The gateway's other daemons write prose.
        return at !== null && /\s[\w-]{1,40}(?:\[\d{1,10}\])?: /.test(start)
          ? skip('message of another daemon')
          : reject('not a line of Sophos UTM');
      const pairs = parseKeyValues(text.slice(begin.index));
      const get = (...names: readonly string[]): string | undefined => pick(pairs, ...names);
      const sub = get('sub');
      if (sub === undefined) return reject('the line names no subsystem');
      if (sub !== 'http' && sub !== 'packetfilter') return skip('subsystem without destinations');
      const [src, dst, url, host] = [get('srcip'), get('dstip'), get('url'), get('host', 'fqdn')];
      if (src === undefined && dst === undefined && url === undefined) {
        // The proxy logs its own state under the same subsystem.
        return get('action') === undefined || (sub === 'http' && get('method') === undefined)
          ? skip('message without destinations')
          : reject('the line names no source and no destination');
      }
      return {
        kind: 'web',
        action: actionOf(get('action'), get('name')),
        time:
          (at === null ? undefined : parseIso(`${at[1]}-${at[2]}-${at[3]} ${at[4]}`, zone)) ??
          unwrapSyslog(text).time?.(zone, modified),
        user: get('user'),
        src_ip: src,
        dst_ip: dst,
        host,
        port: whole(get('dstport')),
        url,
        method: get('method'),
        status: httpStatus(get('statuscode')),
        // Of the answer; what the client sent is not logged, and `length` is that of one packet.
        bytes_in: sub === 'http' ? whole(get('size')) : undefined,
        user_agent: get('ua'),
        app: applicationName(get('application')),
        ...(sub === 'packetfilter' && { flow: true }),
      };
    },
  };
}

/** `warn` shows a page from which people may go on; what they do then is a line of its own. */
function actionOf(action: string | undefined, name: string | undefined): Action {
  const word = action?.toLowerCase() ?? '';
  if (word === 'warn') return 'unknown';
  return verdict(word) ?? verdict(name) ?? 'unknown';
}

const own = /(?:^|\s)id="\d{4}" severity="[^"]{1,20}" sys="[^"]{1,30}" sub="/;

/** Sophos UTM (Astaro): web filtering and packet filter logs. */
export const format: Format = {
  title: 'Sophos UTM 9 (web filtering, packet filter)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => own.test(line.slice(0, 500)));
    return fitting > 0
      ? { confidence: 0.5 + 0.48 * fitting, why: 'lines with the id, severity, sys and sub of Sophos UTM' }
      : undefined;
  },
  open,
};
