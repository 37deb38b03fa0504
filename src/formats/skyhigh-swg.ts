import { sniffDelimiter, splitCsv } from '../core/csv.js';
import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { parseObject } from '../core/json.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { share } from './common/detect.js';
import { applicationName, parseDelimited } from './common/extension.js';
import { FlatRecord } from './common/flat-record.js';
import { httpStatus } from './common/squid-codes.js';
import { verdict } from './common/verdict.js';

// Skyhigh Security (McAfee) Web Gateway: "Reporting API" of the cloud (CSV with a header); access.log of the appliance in its default
// order, `[time] "user" ip status "request line" ...`, whose `#` line names the fields; and the fields as `name=value`, between bars
// for ESM (`McAfeeWG|time_stamp=[...]|auth_user=...`). Field names: "Access log fields" and "Reporting fields".

/** The default order of access.log; `bytes_from_client` is there where a second number follows the first. */
const order =
  'time_stamp auth_user src_ip status_code req_line categories rep_level media_type bytes_to_client user_agent virus_name block_res application_name'.split(
    ' ',
  );
const orderWithUpload = order.flatMap((name) => (name === 'bytes_to_client' ? [name, 'bytes_from_client'] : [name]));

const telling =
  'authuser reqline replevel blockres blockreason virusname bytesfromclient bytestoclient servertoclientbytes clienttoserverbytes requestedhost requestedpath requesttimestampepoch httpaction urischeme lastrule mediatype'.split(
    ' ',
  );
const isOurs = (record: FlatRecord): boolean => record.count(telling) >= 3;

/** Words, `"quoted text"` and `[time with zone]`; undefined where a quote never closes. */
function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at];
    if (c === ' ' || c === '\t') {
      at++;
      continue;
    }
    const close = c === '"' ? '"' : c === '[' ? ']' : undefined;
    let end = close === undefined ? at : at + 1;
    if (close === undefined) while (end < text.length && text[end] !== ' ' && text[end] !== '\t') end++;
    else while (end < text.length && text[end] !== close) end += text[end] === '\\' ? 2 : 1;
    if (close !== undefined && end >= text.length) return undefined;
    const token = text.slice(close === undefined ? at : at + 1, end);
    tokens.push(close === '"' ? token.replace(/\\(["\\])/g, '$1') : token);
    at = close === undefined ? end : end + 1;
  }
  return tokens;
}

/** `name=value` between bars or blanks; a time in brackets holds a blank. */
function pairsOf(text: string): FlatRecord | undefined {
  if (/^[^=|]{0,64}\|?[\w-]{1,64}=[^|]{0,8192}\|[\w-]{1,64}=/.test(text))
    return new FlatRecord(parseDelimited(text, '|'));
  const pairs = parseKeyValues(text.replace(/=\[([^\]"]{1,64})\]/, '="$1"'));
  return pairs.size < 3 ? undefined : new FlatRecord(pairs);
}

function actionOf(fields: FlatRecord, status: number | undefined): Action {
  const word = fields.text('result', 'action', 'verdict', 'policyaction');
  const said = verdict(word);
  if (said !== undefined) return said;
  // The id of why it was blocked; 0 where it was not.
  const id = fields.text('blockres', 'blockid');
  const why = fields.text('blockreason');
  if (id === '0' || (id === undefined && why === '0')) return status === 407 ? 'blocked' : 'allowed';
  if (id !== undefined || why !== undefined || status === 407) return 'blocked';
  // A blocked page has status 403, and so have answers of servers.
  return word !== undefined || status === undefined || status === 403 ? 'unknown' : 'allowed';
}

/** The parts in which the cloud writes it. */
function agentOf(fields: FlatRecord): string | undefined {
  const product = fields.text('useragentproduct');
  if (product === undefined) return undefined;
  const version = fields.text('useragentversion');
  const comment = fields.text('useragentcomment');
  return `${product}${version === undefined ? '' : `/${version}`}${comment === undefined ? '' : ` (${comment.replace(/^\(|\)$/g, '')})`}`;
}

function read(fields: FlatRecord, stamp: number | undefined, context: FormatContext): Outcome {
  const line = /^([A-Z_-]{2,20}) (\S{1,16384})/i.exec(fields.text('reqline', 'requestline') ?? '');
  const url = fields.text('url', 'requesturl', 'fullurl') ?? line?.[2];
  const host = fields.text('requestedhost', 'host', 'urlhost', 'hostname', 'domain');
  const dst_ip = fields.text('destinationip', 'serverip', 'dstip', 'destip');
  if (url === undefined && host === undefined && dst_ip === undefined) return reject('no URL, no host and no address');
  const status = httpStatus(fields.text('httpstatuscode', 'statuscode', 'status', 'httpstatus'));
  return {
    kind: 'web',
    ...(url === undefined && host === undefined && { flow: true }),
    action: actionOf(fields, status),
    time:
      fields.time(
        context,
        context.zone,
        'requesttimestampepoch',
        'timestamp',
        'requesttimestamp',
        'time',
        'datetime',
      ) ?? stamp,
    user: fields.text('username', 'authuser', 'user', 'authenticateduser'),
    device: fields.text('devicename', 'clienthostname', 'machinename'),
    src_ip: fields.text('sourceip', 'srcip', 'clientip', 'src'),
    dst_ip,
    host: url === undefined || url.startsWith('/') ? host : undefined,
    port: fields.positive('destinationport', 'urlport', 'dstport', 'port'),
    url,
    path: url === undefined ? fields.text('requestedpath', 'path')?.replace(/[?#].*$/s, '') : undefined,
    method: fields.text('httpaction', 'method', 'httpmethod', 'requestmethod') ?? line?.[1],
    status,
    bytes_out: fields.number('clienttoserverbytes', 'bytesfromclient', 'sentbytes'),
    bytes_in: fields.number('servertoclientbytes', 'bytestoclient', 'receivedbytes'),
    user_agent: fields.text('useragent') ?? agentOf(fields),
    app: applicationName(fields.text('applicationname', 'applicationtype', 'application')),
    event_id: fields.text('transactionid', 'requestid', 'eventid'),
  };
}

/** Names of a `#time_stamp "auth_user" src_ip ...` line. */
const fieldLine = (text: string): string[] | undefined => {
  const names = /^#\s*"?time_?stamp/i.test(text) ? tokensOf(text.slice(1)) : undefined;
  return names !== undefined && names.length >= 4 ? names : undefined;
};

/** A header of the CSV. */
function headerOf(text: string): { names: string[]; delimiter: string } | undefined {
  if (
    text.length > 20_000 ||
    !/requested_host|bytes_from_client|req_line|client_to_server_bytes/i.test(text.slice(0, 4000))
  )
    return undefined;
  const delimiter = sniffDelimiter(text);
  const names = splitCsv(text, delimiter) ?? [];
  return isOurs(new FlatRecord(names.map((name) => [name, name]))) &&
    names.every((name) => /^[\w #"-]{0,64}$/.test(name))
    ? { names, delimiter }
    : undefined;
}

const accessLine = /^\[[^\]]{10,40}\] "?[^"]{0,256}"? \S{2,64} \d{1,3} "/;

function open(context: FormatContext): Reader {
  let names: string[] | undefined;
  let table: { names: string[]; delimiter: string } | undefined;
  const { zone, modified } = context;
  return {
    state: () => JSON.stringify([names ?? null, table ?? null]),
    read(text) {
      const fields = fieldLine(text);
      if (fields !== undefined) {
        names = fields;
        return skip('header line');
      }
      if (text.startsWith('#')) return skip('comment');
      const found = headerOf(text);
      if (found !== undefined) {
        table = found;
        return skip('header line');
      }
      // The time in brackets of an access.log is no header of syslog, and a row of the CSV has none.
      const header = table === undefined ? unwrapSyslog(text) : undefined;
      const { message, time } = header ?? { message: text, time: undefined };
      const stamp = () => time?.(zone, modified);
      if (message.startsWith('[')) return access(message, stamp);
      if (message.startsWith('{')) {
        const object = parseObject(message);
        return object === undefined ? reject('broken JSON') : read(FlatRecord.of(object), stamp(), context);
      }
      if (table !== undefined) return row(message, table);
      if (header?.wrapped === true && !/[="]/.test(message)) return skip('a message of the system');
      const pairs = pairsOf(message);
      return pairs === undefined
        ? reject('no line of access.log, no pairs, and no CSV header before it')
        : read(pairs, stamp(), context);
    },
  };

  function access(text: string, stamp: () => number | undefined): Outcome {
    const tokens = tokensOf(text);
    if (tokens === undefined) return reject('a quote or bracket is not closed');
    if (tokens.length < 5) return reject('too few fields');
    const upload = /^\d+$/.test(tokens[8] ?? '') && /^\d+$/.test(tokens[9] ?? '');
    const columns = names ?? (upload ? orderWithUpload : order);
    return read(new FlatRecord(columns.map((name, i) => [name, tokens[i]])), stamp(), context);
  }

  function row(text: string, { names: columns, delimiter }: { names: string[]; delimiter: string }): Outcome {
    const cells = splitCsv(text, delimiter);
    if (cells === undefined) return reject('a quoted field is not closed');
    if (cells.length < 2) return reject('too few fields');
    return read(new FlatRecord(columns.map((name, i) => [name, cells[i]])), undefined, context);
  }
}

/** Skyhigh Security (McAfee) Web Gateway and its cloud: CSV of the reporting API, access.log, `name=value`. */
export const format: Format = {
  title: 'Skyhigh Secure Web Gateway (McAfee Web Gateway)',
  kinds: ['web'],
  framing: 'lines',
  detect({ lines, json }) {
    if (lines.slice(0, 3).some((line) => headerOf(line) !== undefined))
      return { confidence: 0.96, why: 'a header line of the Skyhigh reporting API' };
    if (lines.slice(0, 3).some((line) => fieldLine(line) !== undefined))
      return { confidence: 0.97, why: 'a field line of a Web Gateway access.log' };
    const fitting =
      json.length > 0
        ? json.filter((object) => isOurs(FlatRecord.of(object))).length / json.length
        : share(lines, (line) => {
            if (/\b(?:CEF|LEEF): ?\d/.test(line)) return false;
            const { message } = unwrapSyslog(line);
            if (message.startsWith('[')) return accessLine.test(message);
            // Cheaper than taking it apart: detection asks about lines of every format.
            if (
              !/\b(?:auth_?user|req_?line|rep_?level|block_?res|block_?reason|bytes_?from_?client|bytes_?to_?client)=/i.test(
                message,
              )
            )
              return false;
            const pairs = pairsOf(message);
            return pairs !== undefined && isOurs(pairs);
          });
    return fitting > 0
      ? {
          confidence: fitting * 0.94,
          why: `${Math.round(fitting * 100)} % of the first lines are those of a Web Gateway`,
        }
      : undefined;
  },
  open,
};
