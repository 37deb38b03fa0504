import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { canonicalIp } from '../core/host.js';
import type { LineLayout, Step } from '../core/layout.js';
import { unwrapSyslog } from '../core/syslog.js';
import { share } from './common/detect.js';
import { answerAction, isIpv4, isType } from './common/dns.js';

// `log-queries`, `log-replies`, `log-tag-queryreply`, `log-local-actions` and RPZ logging of
// https://nlnetlabs.nl/documentation/unbound/unbound.conf/: `[time] unbound[pid:thread] info: CLIENT NAME TYPE CLASS`.
/** Severity; with log-tag-queryreply what the line is. */
const level = /\b(?:info|debug|notice|warning|error|query|reply): /;
/** A query, and behind it what log-replies adds: code, seconds, whether from the cache, bytes. */
const query =
  /^([\da-f.:]{2,45}(?:%\w{1,32})?) (\S{0,1024}) [A-Z]\w{0,15} (?:IN|CH|HS|ANY|CLASS\d{1,5})(?: ([A-Z]\w{1,15}) [\d.]{1,20} .{0,80})?\s*$/i;
/** A local zone or RPZ: `ZONE ACTION CLIENT@PORT NAME TYPE CLASS`. */
const local =
  /(?:^| )([a-z][a-z_-]{1,30}) ([\da-f.:]{2,45})@\d{1,5} (\S{1,1024}) [A-Z]\w{0,15} (?:IN|CH|HS|ANY|CLASS\d{1,5})\s*$/i;

/** Types of local zones and RPZ actions that let the query through. */
const letsThrough = /^(?:inform|transparent|typetransparent|always_transparent|nodefault|rpz-passthru|rpz-disabled)$/i;

function read(text: string, { zone, modified }: FormatContext): Outcome {
  const { message, time } = unwrapSyslog(text);
  const epoch = /^\[(\d{9,11})\] unbound/.exec(message)?.[1];
  const found = level.exec(message.slice(0, 200));
  if (found === null) return reject('not a line of Unbound');
  const body = message.slice(found.index + found[0].length).replace(/^\[\d{1,10}:\d{1,5}\] /, '');
  const asked = query.exec(body);
  const matched = asked === null ? local.exec(body.slice(-1400)) : null;
  const [src_ip, host] = asked === null ? [matched?.[2], matched?.[3]] : [asked[1], asked[2]];
  if (src_ip === undefined || canonicalIp(src_ip) === undefined) return skip('another message of Unbound');
  const action: Action =
    asked === null ? (letsThrough.test(matched?.[1] ?? '') ? 'allowed' : 'blocked') : answerAction(asked[3]);
  return {
    kind: 'dns',
    action,
    time: epoch === undefined ? time?.(zone, modified) : Number(epoch) * 1000,
    src_ip,
    host,
  };
}

const isProcess = (word: string): boolean => /^\d{1,8}:\d{1,3}$/.test(word);
const upToClass: readonly Step[] = [
  { do: 'pattern', text: '[0000000000] ' },
  { do: 'literal', text: 'unbound[' },
  { do: 'word', until: ']', judge: isProcess, next: ']' },
  { do: 'literal', text: ' info: ' },
  { do: 'word', until: ' ', judge: isIpv4, next: ' ' },
  { do: 'host', until: ' ' },
  { do: 'literal', text: ' ' },
  { do: 'word', until: ' ', judge: isType, next: ' ' },
  { do: 'literal', text: 'IN' },
];
const isCode = (word: string): boolean => /^[A-Z]{3,10}$/.test(word);
const isSize = (word: string): boolean => /^\d{1,6}$/.test(word);

/** The speed path: queries and replies in Unbound's own file, of IPv4 clients. */
const layout: LineLayout = {
  shapes: [
    [...upToClass, { do: 'end' }],
    [
      ...upToClass,
      { do: 'literal', text: ' ' },
      { do: 'word', until: ' ', judge: isCode, next: ' ' },
      { do: 'pattern', text: '0.000000 0 ' },
      { do: 'word', until: ' ', judge: isSize },
      { do: 'end' },
    ],
  ],
};

/** Unbound's query, reply and local-action log lines, from its own file or syslog. */
export const format: Format = {
  title: 'Unbound query log',
  kinds: ['dns'],
  framing: 'lines',
  detect(sample) {
    const own = (line: string) => /\bunbound\[\d+(?::\d+)?\]/.test(line.slice(0, 200));
    const fitting = share(sample.lines, own);
    const named = sample.lines.some((line) => own(line) && / (?:IN|CH|HS)\b/.test(line));
    return fitting === 0 || !named
      ? undefined
      : { confidence: 0.5 + 0.45 * fitting, why: 'lines of unbound[pid:thread] with client, name, type and class' };
  },
  open: (context) => ({ layout: () => layout, state: () => '', read: (text) => read(text, context) }),
};
