import type { EventDraft } from '../core/event.js';
import { type Format, type Reader, reject } from '../core/format.js';
import { canonicalIp } from '../core/host.js';
import type { Check, TableLayout } from '../core/layout.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseEpoch } from '../core/time.js';
import { share } from './common/detect.js';
import { applianceTag, cacheAction, destinationPeer, httpStatus, mimeUserAgent } from './common/squid-codes.js';

// Native access.log, http://wiki.squid-cache.org/Features/LogFormat:
// %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt   and with log_mime_hdrs: [request header] [reply header]
// The grammar of these expressions is repeated in `layout`: change both together.
const time = /^\d{9,10}\.\d{1,6}$/;
const elapsed = /^-?\d{1,15}$/;
const result = /^([A-Z_]+|-)\/(\d{1,3}|-)$/;
const bytes = /^(\d{1,15}|-)$/;
const hierarchy = /^([A-Z_]+|-)\/(.*)$/;
/** `[1598040493.253 325](tel:1598040493.253 325) ...`: a number that a mail program took for a telephone number. */
const pastedLink = /^\[(\d{9,10}\.\d{1,6} +-?\d{1,15})\]\(tel:[^)]{0,64}\)/;

const notNative = reject('not a line of Squid native format');

/** From time to HIERARCHY/peer all is in place, and no header dump with a User-Agent follows. */
const checks: readonly Check[] = [
  { do: 'number', field: 1, min: 1, max: 15, negative: true },
  { do: 'word', field: 3, judge: (word) => result.test(word) },
  { do: 'number', field: 4, min: 1, max: 15, dash: true },
  { do: 'capitals', field: 8, next: '/' },
  { do: 'url', field: 6 },
];
const row = { min: 9, max: 10 };
const layout: TableLayout = {
  by: 'blanks',
  rows: [
    { ...row, checks: [{ do: 'pattern', field: 0, text: '0000000000.000' }, ...checks] },
    ...[1, 2, 4, 5, 6].map((places) => ({
      ...row,
      checks: [{ do: 'pattern', field: 0, text: `0000000000.${'0'.repeat(places)}` } as const, ...checks],
    })),
  ],
};

const reader: Reader = {
  state: () => '',
  layout: () => layout,
  read(text) {
    const plain = readNative(text);
    if (plain) return plain;
    const { message } = unwrapSyslog(text);
    return readNative(message.replace(pastedLink, '$1')) ?? notNative;
  },
};

function readNative(line: string): EventDraft | undefined {
  const fields = splitBlanks(line);
  if (!isNative(fields)) return undefined;
  const [stamp = '', , client = '', code = '', size, method, , , , , ...rest] = fields;
  const [, cache = '', status] = result.exec(code) ?? [];
  const { url, user, peer } = target(fields);
  const address = canonicalIp(client);
  return {
    kind: 'web',
    action: cacheAction(cache, httpStatus(status)),
    time: parseEpoch(stamp),
    // With log_fqdn the client is a name.
    src_ip: client,
    device: address === undefined && client.includes('.') ? client : undefined,
    status: httpStatus(status),
    bytes_in: whole(size),
    method: method === 'NONE' ? undefined : method,
    url,
    user,
    dst_ip: peer,
    user_agent: rest.length === 0 ? undefined : mimeUserAgent(line),
  };
}

/** Time to URL are there and whole; what follows may have been cut off. */
function isNative(fields: readonly string[]): boolean {
  const [stamp = '', duration = '', , code = '', size = '', , url] = fields;
  return time.test(stamp) && elapsed.test(duration) && result.test(code) && bytes.test(size) && url !== undefined;
}

/**
 * URL, user and peer. A URL may hold blanks (`uri_whitespace allow`) and so may a user of `CONNECT host:port`, which holds
 * none: the first field that looks like `HIERARCHY/peer` tells where they end.
 */
function target(fields: readonly string[]): { url?: string; user?: string | undefined; peer?: string | undefined } {
  let at = 8;
  while (at < fields.length && !hierarchy.test(fields[at] ?? '')) at++;
  const [, code = '', peer = ''] = hierarchy.exec(fields[at] ?? '') ?? [];
  const first = fields[6] ?? '';
  const whereUserBegins = at === fields.length || fields[5] === 'CONNECT' ? 7 : at - 1;
  return {
    url: whereUserBegins === 7 ? first : fields.slice(6, whereUserBegins).join(' '),
    user: at === fields.length ? fields[7] : unquote(fields.slice(whereUserBegins, at).join(' ')),
    peer: destinationPeer(code, peer),
  };
}

const unquote = (text: string): string | undefined => known(text.replace(/^"(.*)"$/, '$1'));

/** Blanks and tabs only: other white space is not Squid's separator, and `layout` must agree. */
function splitBlanks(text: string): string[] {
  const fields = text.split(/[ \t]+/);
  if (fields[0] === '') fields.shift();
  if (fields.at(-1) === '') fields.pop();
  return fields;
}

/** Squid access log, native format (`logformat squid`): user names, header dumps, more columns and a syslog header allowed. */
export const format: Format = {
  title: 'Squid access log (native)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const fits = (text: string): boolean => {
      const line = unwrapSyslog(text).message.replace(pastedLink, '$1');
      const fields = splitBlanks(line);
      return isNative(fields) && hierarchy.test(fields[8] ?? 'NONE/-') && !applianceTag.test(line);
    };
    const fitting = share(sample.lines, fits);
    return fitting > 0
      ? {
          confidence: fitting * 0.98,
          why: `${Math.round(fitting * 100)} % of the first lines have time, elapsed, client, RESULT/status, bytes, method, URL`,
        }
      : undefined;
  },
  open: () => reader,
};
