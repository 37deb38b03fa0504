import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { type JsonObject, parseObject } from '../core/json.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { share } from './common/detect.js';
import { FlatRecord } from './common/flat-record.js';
import { httpStatus } from './common/squid-codes.js';

// Check Point Log Exporter (sk122323): format `syslog` writes `[key:"value"; key:"value"]`, `generic` and `splunk` `key=value|key=value`,
// `json` one object a line; fw log and OPSEC LEA exports write `key: value; ` and `key=value|`. Field names: sk144192.

/** Fields that only Check Point writes, folded. */
const telling = [
  'loguid',
  'originsicname',
  'policyidtag',
  'ifdir',
  'i/fdir',
  'ifname',
  'i/fname',
  'sequencenum',
  'layeruuid',
  'layername',
  'ruleuid',
  'matchid',
  'parentrule',
  'xlatesrc',
  'serviceid',
  'appiname',
  'contextnum',
  'logid',
];

const isOurs = (record: FlatRecord): boolean => record.count(telling) >= 2 || record.has('originsicname', 'loguid');

/**
 * `[key:"value"; key::"value"]` or `key: value; key=value;`. In quotes a backslash takes the next character as it is, so that a value
 * cannot smuggle in another field. Undefined where a quote never closes.
 */
function semicolonPairs(text: string): [string, string][] | undefined {
  const pairs: [string, string][] = [];
  let at = text.startsWith('[') ? 1 : 0;
  while (at < text.length) {
    while (text[at] === ' ' || text[at] === ';') at++;
    const begin = at;
    while (at < text.length && at - begin < 64 && !':=;]'.includes(text[at] ?? '')) at++;
    const key = text.slice(begin, at).trim();
    if (text[at] !== ':' && text[at] !== '=') {
      // No pair: a lone word, the closing bracket, or something too long for a key.
      const next = text.indexOf(';', at);
      if (next < 0) break;
      at = next;
      continue;
    }
    while (text[at] === ':' || text[at] === '=') at++;
    while (text[at] === ' ') at++;
    if (text[at] === '"') {
      const from = at + 1;
      for (at = from; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
      if (at >= text.length) return undefined;
      pairs.push([key, unescaped(text.slice(from, at))]);
      at++;
    } else {
      const end = text.indexOf(';', at);
      const value = text.slice(at, end < 0 ? text.length : end);
      pairs.push([key, unescaped(value.trim())]);
      at = end < 0 ? text.length : end;
    }
  }
  return pairs;
}

/** `key=value|key=value`; `\|` and `\=` stand for themselves. */
function barPairs(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '\\') at++;
    else if (at >= text.length || text[at] === '|') {
      const equals = text.slice(from, Math.min(at, from + 66)).indexOf('=');
      const raw = text.slice(from + equals + 1, at).trim();
      const value = /^".*"$/s.test(raw) ? raw.slice(1, -1) : raw;
      if (equals > 0) pairs.push([text.slice(from, from + equals).trim(), unescaped(value)]);
      from = at + 1;
    }
  }
  return pairs;
}

const unescaped = (text: string): string => text.replace(/\\(["\\\]|=;:[])/g, '$1');

/** The fields of a message in any of its shapes; a reject where it is broken; undefined where there are none. */
function pairsOf(text: string): [string, unknown][] | undefined | 'broken' {
  if (text.startsWith('{')) {
    const object = parseObject(text);
    return object === undefined ? 'broken' : Object.entries(inner(object));
  }
  if (/^\[?\s?[\w/.-]{1,64}:{1,2}\s?["\w(]/.test(text) || /^[\w/.-]{1,64}="[^"]{0,256}";/.test(text))
    return semicolonPairs(text) ?? 'broken';
  if (/^[\w/. -]{1,64}=[^|]{0,4096}\|/.test(text)) return barPairs(text);
  if (/^[\w/.-]{1,64}=[^;"]{0,4096};/.test(text)) return semicolonPairs(text) ?? 'broken';
  return /^[\w/.-]{1,64}=/.test(text) ? [...parseKeyValues(text)] : undefined;
}

/** The record in the envelope of a forwarder. */
function inner(object: JsonObject): JsonObject {
  for (const key of ['event', 'result', '_source', 'fields']) {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isOurs(FlatRecord.of(object)))
      return value as JsonObject;
  }
  return object;
}

function actionOf(word: string | undefined): Action {
  // UserCheck: what came of the question, or where a redirect led, is not said.
  if (
    /^(?:accept|allow|detect|encrypt|decrypt|bypass|inspect|https inspect|monitor|inform|inline|pass)/i.test(word ?? '')
  )
    return 'allowed';
  return /^(?:drop|reject|block|prevent|den(?:y|ied)|quarantine|terminate)/i.test(word ?? '') ? 'blocked' : 'unknown';
}

/** A URL, and not the name of a file. */
const isUrl = (text: string | undefined): boolean =>
  text !== undefined && (/^[a-z]{2,10}:\/\//i.test(text) || /^[^\s/]{1,253}\.[^\s/]{2,63}(?::\d{1,5})?\//.test(text));

function read(fields: FlatRecord, stamp: number | undefined, context: FormatContext): Outcome {
  const action = fields.text('action');
  if (/^(?:failed )?log ?(?:in|out|on|off)\b/i.test(action ?? '')) return skip('a sign-in');
  if (/^(?:key install|update|authcrypt|authorize|deauthorize)/i.test(action ?? ''))
    return skip('a message of the system or of administration');
  const resource = fields.text('resource', 'url');
  const asked = fields.text('dnsquery', 'querieddomain');
  const dns = asked !== undefined && resource === undefined;
  const named = fields.text('httphost', 'tlsserverhostname', 'sni', 'dstdomainname', 'domainname', 'dsthostname');
  const dst = fields.text('dst', 'dstip', 'destination');
  const url = isUrl(resource) ? resource : undefined;
  const host = dns ? asked : url === undefined ? named : undefined;
  if (dst === undefined && host === undefined && url === undefined)
    return fields.has('product', 'origin', 'loguid')
      ? skip('a message of the system or of administration')
      : reject('no fields of a Check Point log');
  return {
    kind: dns ? 'dns' : 'web',
    action: actionOf(action),
    ...(!dns && host === undefined && url === undefined && { flow: true }),
    // `time` is when it happened, the header when it was sent.
    time: fields.time(context, context.zone, 'time', 'eventtime', 'starttime') ?? stamp,
    user: fields.text('srcusername', 'user', 'username', 'endpointuser'),
    device: fields.text('srcmachinename', 'machinename', 'srcname'),
    src_ip: fields.text('src', 'srcip', 'source'),
    dst_ip: dst,
    host,
    port: fields.positive('service', 'dport', 'dstport'),
    url,
    method: fields.text('httpmethod', 'requestmethod', 'method'),
    status: httpStatus(fields.text('httpstatus', 'httpresponsecode', 'responsecode')),
    // What came in from the client is what the client sent.
    bytes_out: fields.number('clientinboundbytes', 'sentbytes'),
    bytes_in: fields.number('clientoutboundbytes', 'receivedbytes'),
    user_agent: fields.text('useragent', 'httpuseragent'),
    app: fields.text('appiname', 'appname'),
    event_id: fields.text('loguid'),
  };
}

function open(context: FormatContext): Reader {
  return {
    read(text) {
      const { message, time } = unwrapSyslog(text.trim());
      const pairs = pairsOf(message.trim());
      if (pairs === 'broken') return reject('the record is cut off or broken');
      if (pairs === undefined || pairs.length < 2) return reject('not a record of Check Point');
      return read(new FlatRecord(pairs), time?.(context.zone, context.modified), context);
    },
  };
}

/** Cheaper than taking a line apart: detection asks about lines of every format. */
const hint =
  /\b(?:loguid|originsicname|ifdir|i\/f_dir|ifname|sequencenum|layer_uuid|rule_uid|match_id|xlatesrc|appi_name)[:=]/i;

const isLine = (line: string): boolean => {
  if (!hint.test(line)) return false;
  if (/\b(?:CEF|LEEF): ?\d/.test(line)) return false;
  const text = unwrapSyslog(line.trim()).message;
  if (text.startsWith('{')) return false;
  const pairs = pairsOf(text);
  return Array.isArray(pairs) && isOurs(new FlatRecord(pairs));
};

/** Check Point firewalls as Log Exporter sends their logs: `syslog`, `generic`, `splunk` and `json`; CEF and LEEF have formats of their own. */
export const format: Format = {
  title: 'Check Point (Log Exporter)',
  kinds: ['web', 'dns'],
  framing: 'json',
  detect({ lines, json }) {
    const fitting =
      json.length > 0
        ? json.filter((object) => isOurs(FlatRecord.of(inner(object)))).length / json.length
        : share(lines, isLine);
    return fitting > 0
      ? {
          confidence: fitting * 0.96,
          why: `${Math.round(fitting * 100)} % of the first records have Check Point's fields`,
        }
      : undefined;
  },
  open,
};
