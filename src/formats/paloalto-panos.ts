import { Columns, splitCsv } from '../core/csv.js';
import type { Action, EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Reader, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseIso } from '../core/time.js';
import { share } from './common/detect.js';

// "Traffic Log Fields", "Threat Log Fields" and "URL Filtering Log Fields" of the PAN-OS administrator's guide, 7.1 to 11.x.
// New versions append columns; those up to `elapsed` are common to all. Here 0-based; the first column is of no use.
const common = {
  received: 1,
  subtype: 4,
  generated: 6,
  source: 7,
  destination: 8,
  user: 12,
  toUser: 13,
  app: 14,
  port: 25,
  action: 30,
};
const traffic = { sent: 32, returned: 33, device: 82, tail: 99 };
const threat = { url: 31, direction: 35, agent: 46, method: 63, device: 86, tail: 104 };

/** The same columns in a CSV export of the web interface, which has a header line. */
const names: Readonly<Record<string, readonly string[]>> = {
  received: ['Receive Time'],
  type: ['Type'],
  subtype: ['Threat/Content Type', 'Subtype'],
  generated: ['Generate Time', 'Generated Time', 'time_generated'],
  source: ['Source address', 'Source', 'src'],
  destination: ['Destination address', 'Destination', 'dst'],
  user: ['Source User', 'srcuser'],
  toUser: ['Destination User', 'dstuser'],
  app: ['Application', 'app'],
  port: ['Destination Port', 'dport'],
  action: ['Action'],
  sent: ['Bytes Sent', 'bytes_sent'],
  returned: ['Bytes Received', 'bytes_received'],
  url: ['URL/Filename', 'URL', 'misc'],
  direction: ['Direction'],
  agent: ['User Agent', 'user_agent'],
  method: ['HTTP Method', 'http_method'],
  device: ['Source Hostname', 'src_host'],
};

/** Where a record begins whatever stands before it: the comma after the first column, receive time, serial number, type. */
const start = /,"?\d{4}[/-]\d{2}[/-]\d{2}[ T]\d{2}:\d{2}:\d{2}[^,"]{0,12}"?,"?[^,"]{0,40}"?,"?([A-Z][A-Z_-]{2,20})"?,/;
const types = new Set(
  'TRAFFIC THREAT SYSTEM CONFIG GLOBALPROTECT HIPMATCH HIP-MATCH USERID IPTAG DECRYPTION AUTHENTICATION TUNNEL SCTP GTP CORRELATION AUDIT URL DATA WILDFIRE'.split(
    ' ',
  ),
);

/** A line cut off inside quotes (syslog over UDP) is read as far as it goes. */
const split = (text: string): string[] => splitCsv(text) ?? splitCsv(`${text}"`) ?? [];

type Get = (name: string) => string | undefined;

function open({ zone, modified }: FormatContext): Reader {
  let header: Columns | undefined;
  return {
    read(text) {
      const at = start.exec(text);
      if (at === null) {
        const fields = split(text);
        if (isHeader(fields)) {
          header = new Columns(fields);
          return skip('header line');
        }
        const columns = header;
        const get: Get = (name) => columns?.get(fields, ...(names[name] ?? []));
        if (get('received') === undefined || get('type') === undefined) return reject('not a PAN-OS log line');
        return read(get('type'), fields.length, get);
      }
      const fields = split(text.slice(at.index));
      const places: Readonly<Record<string, number>> = { ...common, ...(at[1] === 'THREAT' ? threat : traffic) };
      const columns = header?.has('Type') ? header : undefined;
      const get: Get = (name) =>
        columns?.has(...(names[name] ?? [])) ? columns.get(fields, ...(names[name] ?? [])) : fields[places[name] ?? -1];
      const outcome = read(at[1], fields.length, get);
      if ('kind' in outcome) {
        const exact = preciseTime(fields, places.tail ?? 0);
        outcome.time = exact ?? outcome.time ?? unwrapSyslog(text).time?.(zone, modified);
      }
      return outcome;
    },
  };

  function read(
    type: string | undefined,
    columns: number,
    get: Get,
  ): EventDraft | ReturnType<typeof skip | typeof reject> {
    if (type !== 'TRAFFIC' && type !== 'THREAT') return skip('log type without destinations');
    if (columns <= common.destination) return reject('the line ends before the destination');
    const url = type === 'THREAT' && get('subtype')?.trim() === 'url' ? get('url') : undefined;
    const event: EventDraft = {
      kind: 'web',
      action: actionOf(get('action')),
      time: parseIso(get('generated') ?? '', zone) ?? parseIso(get('received') ?? '', zone),
      // A threat may be in what the server sends: then the person is at the other end.
      user: known(get('user')) ?? (get('direction')?.trim() === 'server-to-client' ? get('toUser') : undefined),
      device: get('device'),
      src_ip: get('source'),
      dst_ip: get('destination'),
      app: get('app'),
      port: whole(get('port')),
      url,
    };
    if (type === 'TRAFFIC')
      return { ...event, flow: true, bytes_out: whole(get('sent')), bytes_in: whole(get('returned')) };
    const method = known(get('method'));
    return { ...event, method: method === 'unknown' ? undefined : method, user_agent: get('agent') };
  }
}

/** Since 10.0 a time with zone and milliseconds stands among the last columns; where exactly depends on the version. */
function preciseTime(fields: readonly string[], from: number): number | undefined {
  for (const field of fields.slice(from, from + 10))
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/.test(field)) return parseIso(field, 'UTC');
  return undefined;
}

/** `alert` only logs; `continue` and `override` say that a person went on past the page that `block-...` showed. */
function actionOf(text: string | undefined): Action {
  const action = known(text)?.toLowerCase() ?? '';
  if (/^(?:allow|alert|continue|override|forward|wildfire-upload-success)$/.test(action)) return 'allowed';
  return /^(?:deny|drop|block|reset|sinkhole|random-drop|override-lockout)/.test(action) ? 'blocked' : 'unknown';
}

function isHeader(fields: readonly string[]): boolean {
  const columns = new Columns(fields.slice(0, 200));
  return columns.has('Receive Time') && columns.has('Type') && columns.has('Threat/Content Type', 'Subtype');
}

/**
 * The speed path: the first comma of the line is followed by an unquoted time, serial number and `TRAFFIC` or `THREAT`, and
 * no quote stands before the destination. `read` gives one event for such a line, whatever header came before.
 */
function ordinary(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && bytes[at] !== comma) if (bytes[at++] === quote) return false;
  if (end - at < 60) return false;
  for (let i = 0; i < pattern.length; i++) {
    const [byte = 0, wanted = 0] = [bytes[at + i], pattern.charCodeAt(i)];
    if (wanted === zero ? byte < zero || byte > zero + 9 : byte !== wanted) return false;
  }
  at += pattern.length;
  const serial = at;
  while (at < end && bytes[at] !== comma) if (bytes[at++] === quote) return false;
  if (at - serial > 40) return false;
  at++;
  // `TRAFFIC,` or `THREAT,`.
  const word = bytes[at + 1] === 82 ? 'TRAFFIC,' : 'THREAT,';
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
  // Three commas are behind; the one after the destination has as many before it as its place says.
  for (let commas = 3; at < end; at++) {
    if (bytes[at] === quote) return false;
    if (bytes[at] === comma && commas++ > common.destination) return true;
  }
  return false;
}
const [comma, quote, zero] = [44, 34, 48];
const pattern = ',0000/00/00 00:00:00,';

/** Palo Alto Networks PAN-OS traffic, threat and URL filtering logs: syslog CSV of any version, or export with header. */
export const format: Format = {
  title: 'Palo Alto Networks PAN-OS (traffic, threat, URL)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => types.has(start.exec(line)?.[1] ?? '') || isHeader(split(line)));
    if (fitting === 0) return undefined;
    return { confidence: 0.97 * fitting, why: 'comma-separated lines with receive time, serial number and log type' };
  },
  open,
  ordinary,
};
