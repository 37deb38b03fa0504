import type { Action, EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Reader, reject } from '../core/format.js';
import { canonicalIp } from '../core/host.js';
import type { LineLayout, Step } from '../core/layout.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseClf } from '../core/time.js';
import { splitUrl } from '../core/url.js';
import { share } from './common/detect.js';
import { cacheAction, destinationPeer, httpStatus } from './common/squid-codes.js';

// Squid `logformat common` and `combined`, http://www.squid-cache.org/Doc/config/logformat/:
// %>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st ["%{Referer}>h" "%{User-Agent}>h"] %Ss:%Sh
// What these expressions say of a line is repeated in `layout`: change both together.
/** An address in front: no syslog header. */
const address = /^[\da-fA-F]*[.:][\da-fA-F.:]* /;
const stamp = /\[(\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}[^\]"]{0,40})\] +"/;
/** Some appliances leave the brackets out. */
const bareStamp = / (\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}(?: [+-]\d{4})?) +"/;
const answer = /^ +(\d{1,3}|-) +(\d{1,15}|-)(?= |$)/;
const request = /^(\S+) +(.*)$/;
const result = /(?:^| )([A-Z_]+|-)[:/]([A-Z_]+|-)(?:\/(\S+))?(?= |$)/;

const notCommon = reject('not a line of common log format');

/** `client ident user [time] "METHOD URL HTTP/1.1" status bytes`, then nothing, a code, or referer, User-Agent and code. */
const upToBytes: readonly Step[] = [
  { do: 'word', until: ' ', judge: (word) => address.test(`${word} `), next: ' ' },
  { do: 'skip', until: '[', not: '"', next: '[' },
  { do: 'pattern', text: '00/Aaa/0000:00:00:00' },
  { do: 'skip', until: ']', not: '"', next: ']' },
  { do: 'literal', text: ' "' },
  { do: 'word', until: ' ', not: '"', judge: (word) => /^[A-Z]{1,20}$/.test(word), next: ' ' },
  { do: 'url', until: ' ', not: '"' },
  { do: 'literal', text: ' HTTP/' },
  { do: 'pattern', text: '0.0" ' },
  { do: 'number', min: 1, max: 3, next: ' ' },
  { do: 'number', min: 1, max: 15, dash: true },
];
const layout: LineLayout = {
  shapes: [
    [
      ...upToBytes,
      { do: 'literal', text: ' "' },
      { do: 'skip', until: '"', not: '\\', next: '"' },
      { do: 'literal', text: ' "' },
      { do: 'agent', until: '"', not: '\\' },
      { do: 'literal', text: '" ' },
      { do: 'capitals' },
      { do: 'words', most: 1 },
    ],
    [...upToBytes, { do: 'words', most: 0 }],
    [...upToBytes, { do: 'literal', text: ' ' }, { do: 'capitals' }, { do: 'words', most: 1 }],
  ],
};

function open(context: FormatContext): Reader {
  return {
    layout: () => layout,
    state: () => '',
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
};
