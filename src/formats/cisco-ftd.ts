import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { parseIso } from '../core/time.js';
import { splitUrl } from '../core/url.js';
import { readAsaMessage } from './common/asa.js';
import { share } from './common/detect.js';
import { type Extension, pick } from './common/extension.js';
import { httpStatus } from './common/squid-codes.js';

// "Cisco Secure Firewall Threat Defense Syslog Messages", security events: 430001 intrusion, 430002 and 430003 start and end of a
// connection, 430004 file, 430005 malware. Threat Defense writes ASA's messages too.
const tag = /%(?:FTD|ASA|NGIPS)-(?:[a-z]{0,10}-)?\d-(\d{6}): ?/;
const ended = '430003';
/** What is read here; the other messages, of VPN among them, may be all that a log of another format holds. */
const own = /%(?:FTD|ASA|NGIPS)-(?:[a-z]{0,10}-)?\d-(?:43000[1-5]|30400[12]|30201[3-6]|106023): ?/;

function open({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const found = tag.exec(text.slice(0, 400));
      if (found === null) return reject('not a message of Cisco Threat Defense or ASA');
      const [, id = ''] = found;
      const message = text.slice(found.index + found[0].length);
      const pairs = id.startsWith('43000') ? readFields(message) : undefined;
      const outcome = pairs === undefined ? readAsaMessage(id, message) : readEvent(id, pairs);
      if (!('kind' in outcome)) return outcome;
      const first = parseIso(pairs?.get('FirstPacketSecond') ?? '', zone);
      // EMBLEM form puts a colon behind the priority.
      return { ...outcome, time: first ?? unwrapSyslog(text.replace(/^(<\d{1,3}>): ?/, '$1')).time?.(zone, modified) };
    },
  };
}

/**
 * `Key: value, Key: value`: a value ends where a comma and the next key stand, and may hold commas of its own. Of a key that comes twice
 * the first counts: the user agent is the client's, and the fields that say who and where stand before it.
 */
function readFields(text: string): Extension {
  const pairs = new Map<string, string>();
  const next = /(?:^|, ?)([A-Z][A-Za-z0-9_]{1,40}): ?/g;
  let key: string | undefined;
  let from = 0;
  const close = (end: number): void => {
    if (key !== undefined && !pairs.has(key)) pairs.set(key, text.slice(from, end).replace(/^"(.*)"$/s, '$1'));
  };
  for (let m = next.exec(text); m !== null; m = next.exec(text)) {
    close(m.index);
    key = m[1];
    from = next.lastIndex;
  }
  close(text.length);
  return pairs;
}

function readEvent(id: string, pairs: Extension): Outcome {
  const get = (...names: readonly string[]): string | undefined => {
    const value = pick(pairs, ...names);
    return value !== undefined && /^unknown$/i.test(value) ? undefined : value;
  };
  const query = get('DNSQuery');
  const url = query === undefined ? get('URL', 'URI') : undefined;
  const named = get('ReferencedHost', 'HTTP_Hostname', 'HTTPHostname');
  const host = query ?? named ?? splitUrl(url ?? '').host;
  const [src, dst] = [get('SrcIP', 'InitiatorIP'), get('DstIP', 'ResponderIP')];
  if (src === undefined && dst === undefined && host === undefined)
    return reject('the line names no source and no destination');
  const user = get('User');
  return {
    kind: query === undefined ? 'web' : 'dns',
    action: id === '430002' || id === ended ? actionOf(pairs) : securityAction(pairs),
    user: user !== undefined && nobody.test(user) ? undefined : user,
    src_ip: src,
    dst_ip: dst,
    host,
    port: whole(get('DstPort', 'ResponderPort')),
    url,
    status: httpStatus(get('HTTPResponse')),
    // The start of a connection counts its first packets, and the end counts them again.
    ...(id === ended && { bytes_out: whole(get('InitiatorBytes')), bytes_in: whole(get('ResponderBytes')) }),
    user_agent: get('UserAgent'),
    app: get('WebApplication'),
    ...(host === undefined && { flow: true }),
  };
}

const nobody = /^(?:no authentication required|not found|unknown|failed authentication|special identities)/i;

/** `Block with reset`, `Interactive Block`; of what the rule let through, inspection may have stopped a part: then the reason says so. */
function actionOf(pairs: Extension): Action {
  const action = pick(pairs, 'AccessControlRuleAction') ?? '';
  const reason = pick(pairs, 'AccessControlRuleReason') ?? '';
  if (/\bblock\b/i.test(action) || /\bblock\b/i.test(reason) || /\bblock\b/i.test(pick(pairs, 'SSLActualAction') ?? ''))
    return 'blocked';
  return /^(?:allow|trust|monitor|fastpath)/i.test(action) ? 'allowed' : 'unknown';
}

/** Of an intrusion, file or malware event: without a verdict it was only seen. */
function securityAction(pairs: Extension): Action {
  const word = pick(pairs, 'InlineResult', 'FileAction') ?? '';
  if (/^would/i.test(word)) return 'allowed';
  if (/block|drop/i.test(word)) return 'blocked';
  return /^(?:detect|malware cloud lookup|allow)/i.test(word) ? 'allowed' : 'unknown';
}

/** Cisco Secure Firewall Threat Defense (Firepower) security events, and the URL and connection messages of ASA. */
export const format: Format = {
  title: 'Cisco Secure Firewall Threat Defense (connection, intrusion, file events; ASA URL messages)',
  kinds: ['web', 'dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => own.test(line.slice(0, 400)));
    return fitting > 0
      ? {
          confidence: 0.5 + 0.48 * fitting,
          why: 'security events, URL or connection messages with the %FTD or %ASA tag',
        }
      : undefined;
  },
  open,
};
