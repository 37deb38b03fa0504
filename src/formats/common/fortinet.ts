import type { Action } from '../../core/event.js';
import { type FormatContext, type Reader, reject, skip } from '../../core/format.js';
import { parseKeyValues } from '../../core/keyvalue.js';
import { unwrapSyslog } from '../../core/syslog.js';
import { known, whole } from '../../core/text.js';
import { parseEpoch, parseIso, zoneOr } from '../../core/time.js';
import { splitHostPort } from '../../core/url.js';

// Field names: "FortiOS Log Message Reference" 5.0 to 7.6; FortiOS 4 wrote src, dst, sent, rcvd, status and the security
// profile as type. The first digits of the log id say the type too.
const typeOfId: Readonly<Record<string, string>> = {
  '00': 'traffic',
  '02': 'virus',
  '03': 'webfilter',
  '09': 'dlp',
  '10': 'app-ctrl',
  '15': 'dns',
  '17': 'ssl',
  '19': 'file-filter',
};
/** Security logs that always are about what a client asked for; the others in `targets` only when they name a host or URL. */
const subtypes = ['webfilter', 'dns', 'app-ctrl', 'ssl'];
const always = new Set(subtypes);
const targets = new Set(['virus', 'dlp', 'file-filter', 'icap', 'casb', 'videofilter']);

/** The reader of FortiOS logs (FortiGate) and of FortiProxy, which writes the same fields. */
export function createFortinetReader({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const record = text.replace(/^<\d{1,3}>/, '');
      // Words of a syslog header hold no `=` and are passed over.
      const pairs = isCsv(record) ? csvPairs(record) : parseKeyValues(record);
      const get = (...names: readonly string[]): string | undefined => {
        for (const name of names) {
          const value = known(pairs.get(name));
          if (value !== undefined && value !== 'N/A' && value !== '(null)') return value;
        }
        return undefined;
      };
      if (pairs.size < 2) return reject('not a line of key=value pairs');
      const type = get('type') ?? typeOfId[get('logid', 'log_id')?.padStart(10, '0').slice(0, 2) ?? ''];
      const log = type === 'utm' ? get('subtype') : type;
      if (log === undefined || !(log === 'traffic' || always.has(log) || targets.has(log)))
        return skip('log type without destinations');
      const src = get('srcip', 'src');
      const name = log === 'dns' ? get('qname') : undefined;
      const target = get('hostname', 'dstname', 'dst_name', 'sni');
      const host = name ?? (target === undefined ? undefined : splitHostPort(target).host);
      const url = log === 'dns' ? undefined : get('url');
      if (targets.has(log) && host === undefined && url === undefined) return skip('security log without host and URL');
      if (src === undefined && get('dstip', 'dst') === undefined && host === undefined && url === undefined)
        return reject('the line names no source and no destination');
      const status = whole(get('statuscode', 'httpcode'));
      // FortiProxy's record of one request, which has no action where it went through.
      const transaction = log === 'traffic' && get('subtype') === 'http-transaction';
      return {
        kind: log === 'dns' ? 'dns' : 'web',
        ...(log === 'traffic' && !transaction && { flow: true }),
        action:
          transaction && get('action') === undefined
            ? answered(status, get('utmaction'))
            : actionOf(get('action', 'status'), get('utmaction')),
        time: timeOf(get) ?? unwrapSyslog(text).time?.(zone, modified),
        user: get('user', 'unauthuser'),
        device: get('srcname', 'src_name'),
        src_ip: src,
        dst_ip: get('dstip', 'dst'),
        host,
        port: whole(get('dstport', 'dst_port')),
        url,
        // `method` is how the URL was rated.
        method: get('httpmethod'),
        status: status === 0 ? undefined : status,
        bytes_out: whole(get('sentbyte', 'sent', 'reqlength')),
        bytes_in: whole(get('rcvdbyte', 'rcvd', 'resplength')),
        user_agent: get('agent'),
        app: get('app'),
      };
    },
  };

  /** `eventtime` is an instant, in seconds or finer by firmware; `date` and `time` are local and may be those of sending. */
  function timeOf(get: (...names: readonly string[]) => string | undefined): number | undefined {
    const instant = (name: string) => {
      const value = get(name) ?? '';
      return /^\d{10,19}$/.test(value) ? parseEpoch(value) : undefined;
    };
    const local = parseIso(`${get('date')} ${get('time')}`, zoneOr(get('tz'), zone));
    return instant('eventtime') ?? local ?? instant('timestamp') ?? instant('itime');
  }
}

/** A security profile may stop what the policy let through; ends of sessions (close, timeout, client-rst ...) say it went through. */
function actionOf(action: string | undefined, profile: string | undefined): Action {
  if (blocked.test(profile ?? '') || blocked.test(action ?? '')) return 'blocked';
  return /^(?:accept|allow|allowed|pass|passthrough|permit|monitor|monitored|detected|exempt|bypass|inspect|log|log-only|close|timeout|start|dns|ip-conn|(?:client|server)-rst|traffic-shape|shape)$/i.test(
    action ?? '',
  )
    ? 'allowed'
    : 'unknown';
}
const blocked =
  /^(?:den|block|drop|reset|reject|redirect|filter|quarantine|kickout|ban|violation|authentication-required|clear_session)/i;

/** Where only the answer is known: a 403 may be the proxy's or the server's. */
function answered(status: number | undefined, profile: string | undefined): Action {
  if (blocked.test(profile ?? '') || status === 407) return 'blocked';
  return status === undefined || status === 0 || status === 403 ? 'unknown' : 'allowed';
}

/** `set format csv` puts commas between the pairs; FortiAnalyzer's download quotes each whole pair. */
function isCsv(text: string): boolean {
  return /^[^=]{0,200}=(?:[^\s,="]{0,64}|"[^",]{0,64}")"?,\s?"?[\w-]{1,32}=/.test(text);
}

function csvPairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  const set = (cell: string) => {
    const equals = cell.indexOf('=');
    const key = /[\w-]{1,64}$/.exec(cell.slice(0, Math.max(0, equals)))?.[0] ?? '';
    const value = cell.slice(equals + 1).trim();
    const bare = /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value;
    if (key !== '' && !pairs.has(key)) pairs.set(key, bare);
  };
  for (let at = 0; at < text.length; ) {
    let end = at;
    if (text[at] === '"') {
      let cell = '';
      for (end = at + 1; end < text.length; end++) {
        if (text[end] === '"' && text[++end] !== '"') break;
        cell += text[end];
      }
      set(cell);
      end = text.indexOf(',', end);
      if (end < 0) end = text.length;
    } else {
      let quoted = false;
      for (; end < text.length && (quoted || text[end] !== ','); end++) {
        if (text[end] === '"') quoted = !quoted;
        else if (quoted && text[end] === '\\') end++;
      }
      set(text.slice(at, end));
    }
    at = end + 1;
    while (text[at] === ' ') at++;
  }
  return pairs;
}

/** What a line of Fortinet's has and no other key=value log: several of its own keys, an id of the log among them. */
export function isFortinet(line: string): boolean {
  const own = /(?:^|[\s,">])(?:devid|device_id|logid|log_id|vd|devname|eventtime|subtype|policyid)=/g;
  const keys = new Set([...line.slice(0, 4000).matchAll(own)].map(([match]) => match.replace(/^[^a-z]/, '')));
  return keys.size >= 4 && (keys.has('logid=') || keys.has('log_id='));
}

/** FortiProxy shares all keys with FortiGate, but not the beginning of the serial number. */
export const isFortiProxy = (line: string): boolean => /\bdevid="{0,3}FPX/.test(line.slice(0, 4000));

/**
 * The speed path: `date=... time=...` at the start (after a priority), then plain ASCII pairs up to the source address, with a
 * type among them that `read` always turns into one event. The tokens are those of `parseKeyValues`.
 */
export function isOrdinaryFortinet(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  if (bytes[at] === 60) while (at < end && bytes[at++] !== 62) if (at - from > 4) return false;
  const first = at;
  let type = 0;
  let sub = 0;
  while (at < end) {
    const key = at;
    while (at < end && isKeyByte[bytes[at] ?? 0] === 1) at++;
    if (at === key || bytes[at] !== 61) return false;
    const keyEnd = at++;
    let value = at;
    let valueEnd: number;
    if (bytes[at] === 34) {
      if (key === first) return false;
      value = ++at;
      while (at < end && bytes[at] !== 34) {
        const byte = bytes[at++] ?? 0;
        if (byte === 92 || byte > 126 || byte < 32) return false;
      }
      valueEnd = at++;
    } else {
      while (at < end && bytes[at] !== 32) {
        const byte = bytes[at++] ?? 0;
        if (byte === 34 || byte === 44 || byte > 126 || byte < 33) return false;
      }
      valueEnd = at;
    }
    if (at >= end || bytes[at++] !== 32) return false;
    if (key === first && !equals(bytes, key, keyEnd, 'date')) return false;
    if (valueEnd === value) return false;
    if (type === 0 && equals(bytes, key, keyEnd, 'type')) {
      if (equals(bytes, value, valueEnd, 'traffic')) type = sub = 1;
      else if (equals(bytes, value, valueEnd, 'utm')) type = 1;
      else return false;
    } else if (sub === 0 && equals(bytes, key, keyEnd, 'subtype')) {
      if (!subtypes.some((word) => equals(bytes, value, valueEnd, word))) return false;
      sub = 1;
    } else if (type === 1 && sub === 1 && equals(bytes, key, keyEnd, 'srcip')) {
      const byte = bytes[value] ?? 0;
      return byte > 47 && byte < 58;
    }
  }
  return false;
}
const isKeyByte = new Uint8Array(256);
for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.'))
  isKeyByte[byte] = 1;

function equals(bytes: Uint8Array, from: number, end: number, word: string): boolean {
  if (end - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word.charCodeAt(i)) return false;
  return true;
}
