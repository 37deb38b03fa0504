import type { Action, EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Reader, reject } from '../core/format.js';
import { canonicalIp } from '../core/host.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseClf } from '../core/time.js';
import { splitUrl } from '../core/url.js';
import { share } from './common/detect.js';
import { cacheAction, destinationPeer, httpStatus } from './common/squid-codes.js';

// Squid `logformat common` and `combined`, http://www.squid-cache.org/Doc/config/logformat/:
// %>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st ["%{Referer}>h" "%{User-Agent}>h"] %Ss:%Sh
// What these expressions say of a line, up to the bytes, is repeated byte by byte in `ordinary`: change both together.
/** An address in front: no syslog header. */
const address = /^[\da-fA-F]*[.:][\da-fA-F.:]* /;
const stamp = /\[(\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}[^\]"]{0,40})\] +"/;
/** Some appliances leave the brackets out. */
const bareStamp = / (\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}(?: [+-]\d{4})?) +"/;
const answer = /^ +(\d{1,3}|-) +(\d{1,15}|-)(?= |$)/;
const request = /^(\S+) +(.*)$/;
const result = /(?:^| )([A-Z_]+|-)[:/]([A-Z_]+|-)(?:\/(\S+))?(?= |$)/;

const notCommon = reject('not a line of common log format');

function open(context: FormatContext): Reader {
  return {
    read: (text) => readCommon(address.test(text) ? text : unwrapSyslog(text).message, context) ?? notCommon,
  };
}

function readCommon(line: string, context: FormatContext): EventDraft | undefined {
  const time = stamp.exec(line) ?? bareStamp.exec(line);
  if (!time) return undefined;
  const asked = quotedAt(line, time.index + time[0].length - 1);
  if (asked === undefined) return undefined;
  const numbers = answer.exec(line.slice(asked.end));
  if (!numbers) return undefined;
  const [client = '', ident, ...user] = line
    .slice(0, time.index)
    .trim()
    .split(/[ \t]+/);
  if (client === '') return undefined;
  const [first, second, rest] = trailing(line.slice(asked.end + numbers[0].length));
  const [, cache, hierarchy = '', peer = ''] = result.exec(rest) ?? [];
  const status = httpStatus(numbers[1]);
  return {
    kind: 'web',
    action: cache === undefined ? actionOf(status) : cacheAction(cache, status),
    time: parseClf(time[1] ?? '', context.zone),
    src_ip: client,
    device: canonicalIp(client) === undefined && client.includes('.') ? client : undefined,
    // `%un` is the name by log-in; where there is none, that of the ident protocol.
    user: known(unquote(user.join(' '))) ?? ident,
    ...target(asked.value),
    status,
    bytes_in: whole(numbers[2]),
    dst_ip: destinationPeer(hierarchy, peer),
    user_agent: second ?? (first !== undefined && !first.includes('://') ? first : undefined),
  };
}

/** `GET http://host/path HTTP/1.1`; the version may be missing, the URL may hold blanks. */
function target(line: string): { method?: string | undefined; url?: string | undefined } {
  const [, method, tail = ''] = request.exec(line) ?? [];
  if (method === undefined) return {};
  return { method: method === 'NONE' ? undefined : method, url: tail.replace(/ {1,8}[A-Z]{2,8}\/\d(?:\.\d)?$/, '') };
}

/** No result code: only 407 tells for sure; a 403 may be the proxy's or the origin's. */
function actionOf(status: number | undefined): Action {
  if (status === 407) return 'blocked';
  return status === undefined || status === 403 ? 'unknown' : 'allowed';
}

/** The text in quotes that opens at `at`, `\"` inside allowed, and where it ends; undefined if it does not end. */
function quotedAt(line: string, at: number): { value: string; end: number } | undefined {
  for (let end = at + 1; end < line.length; end++) {
    if (line[end] === '\\') end++;
    else if (line[end] === '"') return { value: line.slice(at + 1, end).replace(/\\(["\\])/g, '$1'), end: end + 1 };
  }
  return undefined;
}

/** Referer and user agent where they are logged, and the rest without them. */
function trailing(text: string): [string | undefined, string | undefined, string] {
  const values: string[] = [];
  let rest = text;
  while (values.length < 2) {
    const at = rest.search(/[^ ]/);
    const quoted = at >= 0 && rest[at] === '"' ? quotedAt(rest, at) : undefined;
    if (quoted === undefined) break;
    values.push(quoted.value);
    rest = rest.slice(quoted.end);
  }
  return [values[0], values[1], rest];
}

const unquote = (text: string): string => text.replace(/^"(.*)"$/, '$1');

/** Squid or appliance access log in common or combined log shape. */
export const format: Format = {
  title: 'Squid access log (common or combined)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    let [fitting, proxied] = [0, 0];
    share(sample.lines, (text) => {
      const draft = readCommon(unwrapSyslog(text).message, { zone: 'UTC', modified: 0, sample });
      if (draft === undefined) return false;
      fitting++;
      // A web server's own log names paths only; a proxy's names hosts or carries Squid's codes.
      const coded = /[ "](?:TCP|UDP|TAG|NONE)[A-Z_]*:[A-Z_-]+/.test(text.slice(-200));
      if (coded || splitUrl(draft.url ?? '').host !== undefined) proxied++;
      return true;
    });
    if (fitting === 0) return undefined;
    const confidence = (fitting / sample.lines.length) * (proxied === 0 ? 0.3 : 0.75 + 0.2 * (proxied / fitting));
    return { confidence, why: `client, user, [time], "request", status and bytes; ${proxied} lines name a host` };
  },
  open,
  ordinary: isOrdinary,
};

const OPEN = 91;
const CLOSE = 93;
const QUOTE = 34;
const BACKSLASH = 92;

/** Whether the line is `client ... [dd/Mon/yyyy:hh:mm:ss zone] "request" status bytes ...`: one event whatever else it holds. */
function isOrdinary(line: Uint8Array, start: number, end: number): boolean {
  let at = start;
  let dotted = false;
  while (at < end && isAddressByte(line[at] as number)) {
    dotted ||= !isHex(line[at] as number);
    at++;
  }
  if (!dotted || at >= end || line[at] !== 32) return false;
  while (at < end && line[at] !== OPEN) at++;
  if (!isStamp(line, at + 1, end)) return false;
  at += 21;
  const zone = at;
  while (at < end && line[at] !== CLOSE && line[at] !== QUOTE && (line[at] as number) < 127) at++;
  if (at - zone > 40 || at + 2 >= end || line[at] !== CLOSE || line[at + 1] !== 32 || line[at + 2] !== QUOTE)
    return false;
  at += 3;
  while (at < end && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
  if (at >= end || line[at + 1] !== 32) return false;
  let from = at + 2;
  at = digits(line, from, end);
  if (at === from || at - from > 3 || line[at] !== 32 || at >= end) return false;
  from = at + 1;
  at = line[from] === 45 && from < end ? from + 1 : digits(line, from, end);
  return at > from && at - from <= 15 && (at === end || line[at] === 32);
}

const digitsOfStamp = [0, 1, 7, 8, 9, 10, 12, 13, 15, 16, 18, 19];
/** `22/Nov/2026:10:00:00` */
function isStamp(line: Uint8Array, at: number, end: number): boolean {
  if (at + 20 > end) return false;
  for (const i of digitsOfStamp) if (!isDigit(line[at + i] as number)) return false;
  for (const i of [3, 4, 5]) {
    const letter = (line[at + i] as number) | 32;
    if (letter < 97 || letter > 122) return false;
  }
  return (
    line[at + 2] === 47 && line[at + 6] === 47 && line[at + 11] === 58 && line[at + 14] === 58 && line[at + 17] === 58
  );
}

const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 32) >= 97 && (byte | 32) <= 102);
const isAddressByte = (byte: number): boolean => isHex(byte) || byte === 46 || byte === 58;
const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

function digits(line: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isDigit(line[at] as number)) at++;
  return at;
}
