import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Reader, reject, skip } from '../core/format.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { parseIso } from '../core/time.js';
import { splitUrl } from '../core/url.js';
import { share } from './common/detect.js';
import { applicationName, type Extension, pick } from './common/extension.js';
import { httpStatus } from './common/squid-codes.js';
import { parseStamp } from './common/stamp.js';
import { verdict } from './common/verdict.js';

// "Sophos Firewall Syslog Guide" 15 to 21: the device standard format (date, time, timezone; sent_bytes) and the central
// reporting format (timestamp; bytes_sent).
/** Log types about what a client asked for; of those in `targets` only records that name a URL or host. */
const always = new Set(['content filtering', 'firewall', 'ssl', 'web filter', 'application filter']);
const targets = new Set(['anti-virus', 'atp', 'sandbox', 'zero day protection']);

function open({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const pairs = parseKeyValues(text);
      const get = (...names: readonly string[]): string | undefined => pick(pairs, ...names);
      const type = get('log_type')?.toLowerCase();
      if (type === undefined) return reject('the line has no log_type');
      if (!always.has(type) && !targets.has(type)) return skip('log type without destinations');
      const [url, host] = [get('url'), get('domain', 'sni', 'server_name')];
      if (targets.has(type) && url === undefined && host === undefined)
        return skip('security log without host and URL');
      const [src, dst] = [get('src_ip', 'sourceip'), get('dst_ip', 'destinationip')];
      if (src === undefined && dst === undefined && url === undefined && host === undefined)
        return reject('the line names no source and no destination');
      // Threat protection names what was looked up where it stopped a query.
      const dns = type === 'atp' && get('log_component')?.toLowerCase() === 'dns';
      // The record of a start, or one in between, holds what the record of the end holds again.
      const running = /^(?:start|interim|update)/i.test(get('con_event', 'connevent') ?? '');
      return {
        kind: dns ? 'dns' : 'web',
        action: actionOf(get('log_subtype')),
        time: timeOf(pairs) ?? unwrapSyslog(text).time?.(zone, modified),
        user: get('user_name', 'user'),
        src_ip: src,
        dst_ip: dst,
        // `domain` may be cut short (`www`); the URL says where it went.
        host: url === undefined ? host : (splitUrl(url).host ?? host),
        port: whole(get('dst_port')),
        url: dns ? undefined : url,
        method: get('http_method', 'method'),
        status: httpStatus(get('http_status', 'status_code', 'httpresponsecode')),
        ...(!running && {
          bytes_out: whole(get('sent_bytes', 'bytes_sent')),
          bytes_in: whole(get('recv_bytes', 'bytes_received')),
        }),
        user_agent: get('http_user_agent', 'user_agent'),
        app: applicationName(get('app_name', 'application_name', 'application')),
        ...(type === 'firewall' && { flow: true }),
      };
    },
  };

  function timeOf(pairs: Extension): number | undefined {
    const stamp = pick(pairs, 'timestamp');
    if (stamp !== undefined) {
      const time = parseIso(stamp, zone) ?? parseStamp(stamp, zone, modified);
      if (time !== undefined) return time;
    }
    const local = `${pick(pairs, 'date')} ${pick(pairs, 'time')}`;
    return parseStamp(`${local} ${pick(pairs, 'timezone') ?? ''}`, zone, modified) ?? parseIso(local, zone);
  }
}

/** A warning page stops nobody surely; an error in TLS may be either side's. */
function actionOf(subtype: string | undefined): Action {
  const word = subtype?.toLowerCase() ?? '';
  if (/^(?:virus|pua|malicious)/.test(word)) return 'blocked';
  if (word === 'clean') return 'allowed';
  return verdict(word) ?? 'unknown';
}

const isSophosFirewall = (line: string): boolean => {
  const start = line.slice(0, 2000);
  return /\slog_type="/.test(start) && /\slog_component="/.test(start) && /\slog_subtype="/.test(start);
};

/** Sophos Firewall (XG, XGS, SFOS) logs: web filter, firewall, SSL/TLS, application filter. */
export const format: Format = {
  title: 'Sophos Firewall (XG, XGS: web filter, firewall, SSL/TLS)',
  kinds: ['web', 'dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, isSophosFirewall);
    return fitting > 0
      ? { confidence: 0.5 + 0.48 * fitting, why: 'key=value lines with log_type, log_component and log_subtype' }
      : undefined;
  },
  open,
};
