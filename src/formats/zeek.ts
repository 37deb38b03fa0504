import type { Action, EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { isObject, type JsonObject, parseObject } from '../core/json.js';
import type { Check, KeyRule, Layout, LineLayout, TableLayout } from '../core/layout.js';
import { isOrdinaryPort } from '../core/model-ports.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseEpoch, parseIso } from '../core/time.js';
import { splitHostPort, splitUrl } from '../core/url.js';
import { httpStatus } from './common/squid-codes.js';

// Zeek logs by their field names (https://docs.zeek.org/en/master/script-reference/log-files.html): tab-separated with
// #separator, #path, #fields lines, or JSON with the names as keys (`id.orig_h`, in some pipelines `id_orig_h` or nested).
/** Value of a field by Zeek's name; undefined where unset. */
type Get = (name: string) => string | undefined;

const noPath = 'another type of Zeek log';

function open(context: FormatContext): Reader {
  let fields: Map<string, number> | undefined;
  let path: string | undefined;
  let separator = '\t';
  let [unset, empty] = ['-', '(empty)'];
  /** Made anew where a header may have changed it. */
  let layout: Layout | undefined = jsonLayout;

  return {
    layout: () => layout,
    state: () => JSON.stringify([fields && [...fields], path, separator, unset, empty]),
    read(text) {
      if (text.startsWith('{')) return json(parseObject(text), undefined);
      const { message, time } = text.startsWith('#') ? { message: text } : unwrapSyslog(text);
      const stamp = () => time?.(context.zone, context.modified);
      const brace = message.indexOf('{');
      if (brace >= 0 && brace < 128 && message.trimEnd().endsWith('}')) {
        const value = parseObject(message.slice(brace));
        if (value !== undefined) return json(value, stamp);
      }
      return message.startsWith('#') ? directive(message) : row(message, stamp);
    },
  };

  function directive(line: string): Outcome {
    const m = /^#([a-z_]+)/.exec(line);
    const name = m?.[1];
    if (name === 'separator') {
      separator = unescapeHex(line.slice('#separator'.length).replace(/^[ \t]/, '')) || '\t';
      layout = undefined;
      return skip('header line');
    }
    const [, ...values] = line.split(separator);
    if (name === 'fields') fields = new Map(values.map((field, i) => [field, i]));
    else if (name === 'path') path = values[0];
    else if (name === 'unset_field') unset = values[0] ?? '-';
    else if (name === 'empty_field') empty = values[0] ?? '(empty)';
    const columns = fields;
    if (columns !== undefined && separator === '\t')
      layout = layoutOf(columns, path === undefined ? typeOf((field) => columns.has(field)) : typeOfPath(path));
    return skip('header line');
  }

  function row(line: string, stamp: () => number | undefined): Outcome {
    const columns = fields;
    if (columns === undefined) return reject('no #fields line before this record');
    const values = line.split(separator);
    if (values.length * 2 < columns.size) return reject('fewer than half of the fields');
    const get: Get = (name) => {
      const at = columns.get(name);
      const raw = at === undefined ? undefined : values[at];
      return raw === undefined || raw === unset || raw === empty ? undefined : unescapeHex(raw);
    };
    const type = path === undefined ? typeOf((name) => columns.has(name)) : typeOfPath(path);
    return record(type, get, stamp);
  }

  function json(object: JsonObject | undefined, stamp: (() => number | undefined) | undefined): Outcome {
    if (object === undefined) return reject('broken JSON');
    const [value, tag] = unwrapJson(object);
    const get: Get = (name) => textOf(field(value, name));
    const written = tag ?? get('_path');
    const type = written === undefined ? typeOf((name) => field(value, name) !== undefined) : typeOfPath(written);
    const outcome = record(type, get, stamp ?? (() => undefined));
    // Below `id` the speed path does not see the port.
    const flat = Object.hasOwn(value, 'id.resp_p') || Object.hasOwn(value, 'id_resp_p');
    return flat || !('flow' in outcome) ? outcome : { ...outcome, flow: undefined };
  }

  function record(type: string | undefined, get: Get, stamp: () => number | undefined): Outcome {
    const build = builders.get(type);
    if (build === undefined) return skip(noPath);
    const ts = get('ts');
    const time = ts === undefined ? undefined : (parseEpoch(ts) ?? parseIso(ts, context.zone));
    if (ts !== undefined && time === undefined) return reject('time cannot be read');
    return {
      time: time ?? stamp(),
      src_ip: get('id.orig_h'),
      dst_ip: get('id.resp_h'),
      port: whole(get('id.resp_p')),
      ...build(get),
    };
  }
}

/** Where the target of each type stands; all text is as it is unless it holds a backslash. */
const targets: Record<string, readonly (readonly [name: string, content: Check['do']])[]> = {
  dns: [['query', 'host']],
  http: [
    ['host', 'host'],
    ['uri', 'url'],
    ['user_agent', 'agent'],
  ],
  ssl: [['server_name', 'host']],
  conn: [],
};

/** Rows with all fields that begin with a time; one that ends in `}` may be JSON behind a syslog header. */
function layoutOf(columns: ReadonlyMap<string, number>, type: string | undefined): TableLayout | undefined {
  const wanted = type === undefined || !Object.hasOwn(targets, type) ? undefined : targets[type];
  if (wanted === undefined || columns.get('ts') !== 0) return undefined;
  const checks: Check[] = [{ do: 'not-last', field: 0, text: '}' }];
  for (const [name, content] of wanted) {
    const field = columns.get(name);
    if (field === undefined) continue;
    if (content === 'url') checks.push({ do: 'url', field, not: '\\' });
    else if (content === 'agent') checks.push({ do: 'agent', field });
    else checks.push({ do: 'host', field });
  }
  const port = type === 'conn' ? columns.get('id.resp_p') : undefined;
  if (port !== undefined) checks.push({ do: 'word', field: port, judge: isOrdinaryPort });
  const row = { min: columns.size, max: columns.size };
  return {
    by: 'tabs',
    rows: [
      { ...row, checks: [{ do: 'pattern', field: 0, text: '0000000000.000000' }, ...checks] },
      { ...row, checks: [{ do: 'number', field: 0, min: 9, max: 11 }, ...checks] },
    ],
  };
}

/** Bits of the keys that must be there for a record to have a type that is read: its time, and what tells the type. */
const [timeBit, typeBit, queryBit, dnsBit] = [1, 2, 4, 8];
const isRead = (path: string): boolean => builders.has(typeOfPath(path));
const jsonKeys: KeyRule = (key) => {
  if (key === 'ts') return { use: 'time', bit: timeBit };
  if (key === '_path') return { use: isRead, bit: typeBit };
  if (key === 'query') return { use: 'host', bit: queryBit };
  if (/^(?:qtype|trans_id|rcode|rejected|qtype_name|rcode_name)$/.test(key)) return { use: 'any', bit: dnsBit };
  if (/^(?:trans_depth|conn_state)$/.test(key)) return { use: 'any', bit: typeBit };
  if (key === 'host' || key === 'server_name') return { use: 'host' };
  if (key === 'uri') return { use: 'url' };
  if (key === 'user_agent') return { use: 'agent' };
  if (key === 'id.resp_p' || key === 'id_resp_p') return { use: { scalar: isOrdinaryPort } };
  return { use: 'any' };
};
const jsonLayout: LineLayout = {
  shapes: [[{ do: 'json', required: timeBit | queryBit | dnsBit }], [{ do: 'json', required: timeBit | typeBit }]],
  keys: jsonKeys,
};

type Built = Pick<EventDraft, 'kind' | 'action'> & Partial<EventDraft>;
const builders = new Map<string | undefined, (get: Get) => Built>(Object.entries({ dns, http, ssl, conn }));

/** A query that nobody refused is allowed, NXDOMAIN too. */
function dns(get: Get): Built {
  const refused = isTrue(get('rejected')) || get('rcode_name') === 'REFUSED' || get('rcode') === '5';
  return { kind: 'dns', action: refused ? 'blocked' : 'allowed', host: get('query') };
}

function http(get: Get): Built {
  const status = httpStatus(get('status_code'));
  const url = get('uri');
  const asked = splitHostPort(get('host') ?? '');
  // What was asked of a proxy names its own port; that of the connection is the proxy's.
  const port = splitUrl(url ?? '').port ?? asked.port;
  return {
    kind: 'web',
    action: status === 407 ? 'blocked' : 'allowed',
    user: get('username'),
    host: asked.host,
    url,
    method: get('method'),
    status,
    bytes_out: whole(get('request_body_len')),
    bytes_in: whole(get('response_body_len')),
    user_agent: get('user_agent'),
    ...(port !== undefined && { port }),
  };
}

/** A handshake that was never completed: nobody can say whether it was stopped or given up. */
function ssl(get: Get): Built {
  const established = get('established');
  return {
    kind: 'web',
    action: established === undefined || isTrue(established) ? 'allowed' : 'unknown',
    host: get('server_name'),
  };
}

function conn(get: Get): Built {
  const icmp = get('proto')?.toLowerCase().startsWith('icmp') === true;
  return {
    kind: 'web',
    flow: true,
    action: stateAction(get('conn_state')),
    bytes_out: whole(get('orig_bytes')),
    bytes_in: whole(get('resp_bytes')),
    // Type and code of ICMP stand where others have ports.
    ...(icmp && { port: undefined }),
  };
}

/** REJ: the attempt was rejected. Without an answer, or torn down before it was complete, the record does not say. */
function stateAction(state: string | undefined): Action {
  if (state === 'REJ') return 'blocked';
  return state === undefined || /^(S0|SH|SHR|RSTOS0|RSTRH|OTH)$/.test(state) ? 'unknown' : 'allowed';
}

const isTrue = (value: string | undefined): boolean => value === 'T' || value === 'true';

/** `dns`, also `dns_20261122`, `dns-worker1`, `dns_red`, `/logs/current/dns.log`; but `conn_long` repeats what `conn` has. */
function typeOfPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/(?:[_-](?:red|[a-z]{0,8}\d)|\.).*$/s, '');
}

/** Which log a record is of, where nothing names it: fields that only one has. */
function typeOf(has: (name: string) => boolean): string | undefined {
  if (has('trans_depth') || (has('uri') && (has('method') || has('status_code')))) return 'http';
  if (
    has('query') &&
    (has('qtype') || has('trans_id') || has('rcode') || has('rejected') || has('qtype_name') || has('rcode_name'))
  )
    return 'dns';
  if (has('trans_id') && (has('rcode') || has('rejected')) && !has('msg_types')) return 'dns';
  if (has('conn_state')) return 'conn';
  if (has('server_name') && !has('client_initial_dcid') && !has('fuid')) return 'ssl';
  return has('established') && (has('cipher') || has('ssl_history') || has('resumed')) ? 'ssl' : undefined;
}

/** The record itself: pipelines wrap it as `{"dns": {...}}`, or as text in `_raw` (Splunk) or `message`. */
function unwrapJson(object: JsonObject): [JsonObject, string | undefined] {
  const entries = Object.entries(object);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && isObject(only[1]) && field(only[1], 'ts') !== undefined)
    return [only[1], only[0]];
  if (object.ts !== undefined) return [object, undefined];
  const holder = isObject(object.result) ? object.result : object;
  const raw = holder._raw ?? holder.message;
  const inner = typeof raw === 'string' ? parseObject(raw) : undefined;
  return [inner ?? object, undefined];
}

function field(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  if (!name.startsWith('id.')) return undefined;
  const flat = name.replace('.', '_');
  if (Object.hasOwn(object, flat)) return object[flat];
  const id = Object.hasOwn(object, 'id') ? object.id : undefined;
  return isObject(id) && Object.hasOwn(id, name.slice(3)) ? id[name.slice(3)] : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return known(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Undoes `\xHH`, whose bytes are UTF-8, and `\\`. */
function unescapeHex(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(?:\\x[\da-fA-F]{2})+|\\\\/g, (run) =>
    run === '\\\\' ? '\\' : Buffer.from(run.replaceAll('\\x', ''), 'hex').toString('utf8'),
  );
}

/** Zeek (Bro) logs as TSV or JSON: dns, http, ssl and conn. */
export const format: Format = {
  title: 'Zeek logs (TSV or JSON: dns, http, ssl, conn)',
  kinds: ['dns', 'web'],
  framing: 'json',
  detect(sample) {
    const lines = sample.lines.map((line) => (line.startsWith('#') ? line : unwrapSyslog(line).message));
    if (lines.some((line) => /^#separator[ \t]/.test(line)) || lines.some((line) => /^#fields\tts\t/.test(line)))
      return { confidence: 0.98, why: 'the header lines of Zeek (#separator, #fields)' };
    const looksRight = (object: JsonObject): boolean => {
      const [value] = unwrapJson(object);
      return (
        field(value, 'ts') !== undefined &&
        (field(value, 'id.orig_h') !== undefined || field(value, '_path') !== undefined)
      );
    };
    const count = sample.json.filter(looksRight).length;
    const fitting = sample.json.length === 0 ? 0 : count / Math.max(sample.json.length, 1);
    return count > 0
      ? { confidence: fitting * 0.96, why: `${count} of ${sample.json.length} JSON records have ts and id.orig_h` }
      : undefined;
  },
  open,
};
