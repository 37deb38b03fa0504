import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { parseEpoch, parseIso } from '../core/time.js';
import { share } from './common/detect.js';
import { type Extension, pick } from './common/extension.js';
import { verdictIn } from './common/verdict.js';

// "Syslog Event Types and Log Samples", documentation.meraki.com: <134>1 1790000000.123456789 MX84 urls src=10.1.2.3:50000
// dst=198.51.100.7:443 mac=... agent='...' request: GET https://host/path. Some relays put a time of their own in place of the epoch.
const start =
  /(?:^|[\s>])(?:(\d{9,10}\.\d{1,9})|(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d)?)|[A-Z][a-z]{2} +\d{1,2} [\d:]{8})[: ]+([\w.-]{1,64}) ((?:(?:bridge_anyconnect_client_)?(?:vpn|cellular)_|l7_)?firewall|urls|flows|ip_flow_(?:start|end)|security_event|events|airmarshal_events|ids-alerts)(?= [a-z]|$)/;

const noTarget = skip('event without destinations');

function open({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const found = start.exec(text.slice(0, 300));
      if (found === null) return reject('not a line of Meraki syslog');
      const [whole = '', epoch, iso, , type = ''] = found;
      const outcome = readEvent(type, text.slice(found.index + whole.length));
      if (!('kind' in outcome)) return outcome;
      const time = epoch === undefined ? parseIso(iso ?? '', zone) : parseEpoch(epoch);
      return { ...outcome, time: time ?? unwrapSyslog(text).time?.(zone, modified) };
    },
  };
}

function readEvent(type: string, message: string): Outcome {
  const pairs = parseKeyValues(message, true);
  if (type === 'urls') return readUrl(message, pairs);
  if (type === 'events')
    return / ?(?:type=)?content_filtering_block\b/.test(message.slice(0, 80)) ? readBlock(pairs) : noTarget;
  if (type === 'security_event') return readSecurity(pairs);
  if (type === 'airmarshal_events' || type === 'ids-alerts') return noTarget;
  const [src, dst] = [endpoint(pairs, 'src'), endpoint(pairs, 'dst')];
  if (src.ip === undefined && dst.ip === undefined) return reject('the line names no source and no destination');
  return {
    kind: 'web',
    flow: true,
    action: type.startsWith('ip_flow') ? 'allowed' : flowAction(message, pairs),
    src_ip: src.ip,
    dst_ip: dst.ip,
    port: whole(pick(pairs, 'dport')) ?? dst.port,
  };
}

/** The request is the rest of the line: it comes behind the agent, which is the client's own text. */
function readUrl(message: string, pairs: Extension): Outcome {
  const at = message.lastIndexOf(' request: ');
  const [, method, url] = /^(\S{1,40}) (\S+)/.exec(at < 0 ? '' : message.slice(at + ' request: '.length)) ?? [];
  if (url === undefined) return reject('the line has no request');
  const dst = endpoint(pairs, 'dst');
  return {
    kind: 'web',
    // What content filtering stops is an event of its own, and not here.
    action: 'allowed',
    src_ip: endpoint(pairs, 'src').ip,
    dst_ip: dst.ip,
    port: dst.port,
    url,
    method: method === 'UNKNOWN' ? undefined : method,
    user_agent: pick(pairs, 'agent'),
  };
}

function readBlock(pairs: Extension): Outcome {
  const url = pick(pairs, 'url');
  if (url === undefined) return reject('the line has no URL');
  const server = endpoint(pairs, 'server');
  return {
    kind: 'web',
    action: 'blocked',
    src_ip: endpoint(pairs, 'client_ip').ip,
    dst_ip: server.ip,
    port: server.port,
    url,
  };
}

/** Malware scans of downloads name the URL; alerts of intrusion detection do not. */
function readSecurity(pairs: Extension): Outcome {
  const url = pick(pairs, 'url');
  if (url === undefined) return noTarget;
  const dst = endpoint(pairs, 'dst');
  const word = pick(pairs, 'action') ?? '';
  const action = /^block/i.test(word) ? 'blocked' : /^allow/i.test(word) ? 'allowed' : 'unknown';
  return { kind: 'web', action, src_ip: endpoint(pairs, 'src').ip, dst_ip: dst.ip, port: dst.port, url };
}

/** `flows allow src=...`, `decision=blocked`, or behind `pattern:` a 1 for refused, a 0 for let through, or the rule in words. */
function flowAction(message: string, pairs: Extension): Action {
  const stated = /^ (allow|deny) /.exec(message)?.[1] ?? pick(pairs, 'decision');
  if (stated !== undefined)
    return /^(?:den|block|drop)/i.test(stated) ? 'blocked' : /^allow/i.test(stated) ? 'allowed' : 'unknown';
  const [, pattern = ''] = / pattern: (.{1,300})/.exec(message) ?? [];
  if (/^[01]\b/.test(pattern)) return pattern.startsWith('1') ? 'blocked' : 'allowed';
  return verdictIn(pattern) ?? 'unknown';
}

/** `10.1.2.3`, `10.1.2.3:50000`, `[2001:db8::1]:443`. */
function endpoint(pairs: Extension, key: string): { ip?: string | undefined; port?: number | undefined } {
  const text = pick(pairs, key);
  if (text === undefined || text.length > 80) return {};
  const port = /^(?:\[[^\]]*\]|[\d.]+):(\d{1,5})$/.exec(text)?.[1];
  return { ip: text, port: whole(port) };
}

/** Cisco Meraki syslog (MX, MR): URLs, flows, firewall rules, content filtering. */
export const format: Format = {
  title: 'Cisco Meraki (URLs, flows, firewall, content filtering)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => start.test(line.slice(0, 300)));
    return fitting > 0
      ? {
          confidence: 0.5 + 0.47 * fitting,
          why: 'time, device and the event types of Meraki (urls, flows, firewall ...)',
        }
      : undefined;
  },
  open,
};
