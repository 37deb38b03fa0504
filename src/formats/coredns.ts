import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { parseObject, textAt } from '../core/json.js';
import type { LineLayout, Step } from '../core/layout.js';
import { unwrapSyslog } from '../core/syslog.js';
import { parseClf, parseTime } from '../core/time.js';
import { share } from './common/detect.js';
import { answerAction, isIpv4, isType } from './common/dns.js';

// Formats `common` and `combined` of https://coredns.io/plugins/log:
// `[INFO] 10.0.0.1:42114 - 64820 "A IN host.example. udp 57 false 1232" NOERROR qr,aa,rd 66 0.000150566s`; before 1.0 the
// time stood in the place of the message id. The line has no time of its own; containers' runtimes put one before or around it.
const tail =
  /^(?:\d{1,5}|\[([^\]]{1,40})\]) "[A-Z]\w{0,15} (?:IN|CH|HS|ANY|NONE|CLASS\d{1,5}) (\S{0,1024})(?: [^"]{0,100})?" (\S{1,20})/;

function readLine(line: string, { zone, modified }: FormatContext, stamp: number | undefined): Outcome {
  const dash = line.indexOf(' - ');
  const found = dash < 0 ? null : tail.exec(line.slice(dash + 3));
  const remote = line.slice(Math.max(0, dash - 60), Math.max(0, dash));
  const colon = remote.lastIndexOf(':');
  if (found === null || colon < 0) {
    if (/^\S{0,200}:\d{1,5} - \d{1,5} "|\[INFO\] \S{1,60}:\d{1,5} - \d/.test(line.slice(0, 500)))
      return reject('a query that cannot be read');
    return /\[(?:INFO|WARNING|ERROR|DEBUG|FATAL|PANIC)\]|^\S{0,200}\.:\d|^CoreDNS-|^linux\/|^maxprocs|^plugin\//.test(
      line.slice(0, 500),
    )
      ? skip('another message of CoreDNS')
      : reject('not a line of CoreDNS');
  }
  const written = found[1] === undefined ? undefined : parseClf(found[1], zone);
  return {
    kind: 'dns',
    action: answerAction(found[3]),
    time: written ?? stamp ?? unwrapSyslog(line).time?.(zone, modified),
    src_ip: remote.slice(remote.lastIndexOf(' ') + 1, colon),
    host: found[2],
  };
}

const isProtocol = (word: string): boolean => /^[a-z]{2,5}$/.test(word);
const isCode = (word: string): boolean => /^[A-Z]{3,10}$/.test(word);

const isNumber = (word: string): boolean => /^\d{1,5}$/.test(word);
/** Lines whose message id has so many digits. */
const shape = (id: string): readonly Step[] => [
  { do: 'literal', text: '[INFO] ' },
  { do: 'word', until: ':', not: ' ', judge: isIpv4 },
  { do: 'pattern', text: `:00000 - ${id} ` },
  { do: 'literal', text: '"' },
  { do: 'word', until: ' ', judge: isType },
  { do: 'literal', text: ' IN ' },
  { do: 'host', until: ' ' },
  { do: 'literal', text: ' ' },
  { do: 'word', until: ' ', judge: isProtocol, next: ' ' },
  { do: 'word', until: ' ', judge: isNumber, next: ' ' },
  { do: 'word', until: ' ', judge: isProtocol, next: ' ' },
  { do: 'word', until: '"', judge: isNumber, next: '"' },
  { do: 'literal', text: ' ' },
  { do: 'word', until: ' ', judge: isCode, next: ' ' },
  { do: 'rest' },
];

/** The speed path: plain lines of IPv4 clients with a port of five digits. */
const layout: LineLayout = { shapes: [shape('00000'), shape('0000')] };

/** CoreDNS query log (plugin `log`): plain, with a container runtime's time before it, or in its JSON. */
export const format: Format = {
  title: 'CoreDNS query log',
  kinds: ['dns'],
  framing: 'json',
  detect(sample) {
    const asks =
      /(?:\S:\d{1,5}) - (?:\d{1,5}|\[[^\]]{1,40}\]) \\?"[A-Z]\w{0,15} (?:IN|CH|HS) \S{1,1024} (?:udp|tcp|\S{1,8}) /;
    const fitting = share(sample.lines, (line) => asks.test(line.slice(0, 2000)));
    return fitting === 0
      ? undefined
      : { confidence: 0.5 + 0.46 * fitting, why: 'client, id and a quoted "TYPE CLASS name" as CoreDNS logs them' };
  },
  open: (context) => ({
    layout: () => layout,
    state: () => '',
    read(text) {
      if (!text.startsWith('{')) return readLine(text, context, undefined);
      const record = parseObject(text);
      if (record === undefined) return reject('broken JSON');
      const line = textAt(record, 'message', 'log', 'msg', 'textPayload', 'event.original', '_raw', 'MESSAGE');
      if (line === undefined) return reject('JSON without a log line');
      const stamp = textAt(record, 'time', 'timestamp', '@timestamp', 'ts', 'date');
      return readLine(
        line,
        context,
        stamp === undefined ? undefined : parseTime(stamp, context.zone, context.modified),
      );
    },
  }),
};
