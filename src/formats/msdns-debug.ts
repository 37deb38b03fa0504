import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { parseDayMonth, parseIso } from '../core/time.js';
import { dayOrder } from './common/dates.js';
import { headerLine } from './common/detect.js';

// Debug log of Windows DNS Server; the header of the file explains the columns: date and time in the server's locale, thread,
// PACKET, packet id, UDP or TCP, Snd or Rcv, remote address, transaction, R for a response, opcode, flags, type, name.
const stamped =
  /^(\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?) (\d{1,2}[:.]\d\d[:.]\d\d(?: ?[ap]\.?m\.?)?) ([\dA-F]{2,8}) (\S{1,20})\s+(.*)$/is;
const packet =
  /^[\dA-F]{4,16} +(?:UDP|TCP) +(Snd|Rcv) +(\S{2,60}) +[\da-f]{4} +(R )? *([QNU?]) +\[[\da-f]{4}[^\]]{0,40}\] +\S{1,16} +(\S{1,1100})\s*$/i;

/** Lines of the header and of details, and those that are no packets. */
const others =
  /^\s|^(?:DNS Server log|Log file wrap|Message logging key|EDNS|Details?\b|TCP |UDP |Socket|Remote addr|Time Query|Buf|Msg |Message|Flags|QR |Opcode|AA |TC |RD |RA |Z |RCODE|QCOUNT|ACOUNT|NSCOUNT|ARCOUNT|(?:QUESTION|ANSWER|AUTHORITY|ADDITIONAL) SECTION|Offset|Name |QTYPE|QCLASS|CLASS|TYPE|TTL|DATA|DLEN|empty|xid|\d+ Packet)/i;

/** `(5)login(4)live(3)com(0)` by the lengths it states, else `.a.b.`. */
function nameOf(text: string): string {
  if (!text.startsWith('(')) return text.replace(/^\.+/, '');
  const labels: string[] = [];
  for (let at = 0; at < text.length && labels.length < 128; ) {
    const length = /^\((\d{1,2})\)/.exec(text.slice(at, at + 4));
    if (length?.[1] === undefined || length[1] === '0') break;
    at += length[0].length;
    labels.push(text.slice(at, at + Number(length[1])));
    at += Number(length[1]);
  }
  return labels.join('.');
}

function open({ zone, sample }: FormatContext): Reader {
  const ordersOf = (half: boolean) =>
    dayOrder(
      sample.lines
        .map((line) => stamped.exec(line))
        .filter((m) => m !== null && /m/i.test(m[2] ?? '') === half)
        .map((m) => `${m?.[1]} ${m?.[2]}`),
      half ? 'mdy' : 'dmy',
    );
  // A server has one locale, but a file may hold the lines of several: those with AM and PM are judged apart.
  const orders = { half: ordersOf(true), full: ordersOf(false) };

  return {
    read(text): Outcome {
      const line = stamped.exec(text);
      if (line === null)
        return others.test(text) ? skip('header or detail line') : reject('not a line of the DNS debug log');
      const [, day = '', clock = '', , word = '', rest = ''] = line;
      if (word.toUpperCase() !== 'PACKET') return skip('another message of the DNS server');
      const m = packet.exec(rest);
      if (m === null) return reject('a packet that cannot be read');
      const [, way = '', remote, response, opcode, name = ''] = m;
      if (opcode?.toUpperCase() !== 'Q') return skip('no query');
      if (response !== undefined) return skip('a response');
      if (way.toLowerCase() !== 'rcv') return skip('a query that the server itself sent on');
      const date = day.replace(/\.$/, '');
      const time = clock.replaceAll(/(\d)\.(?=\d)/g, '$1:');
      const order = /m/i.test(clock) ? orders.half : orders.full;
      return {
        kind: 'dns',
        action: 'allowed',
        time:
          parseIso(`${date.replaceAll('.', '-')} ${time}`, zone) ??
          parseDayMonth(`${date} ${time}`, order, zone) ??
          parseDayMonth(`${date} ${time}`, order === 'dmy' ? 'mdy' : 'dmy', zone),
        src_ip: remote,
        host: nameOf(name),
      };
    },
  };
}

/** Windows DNS Server debug log: the queries that clients sent. */
export const format: Format = {
  title: 'Windows DNS Server debug log',
  kinds: ['dns'],
  framing: 'lines',
  detect({ lines }) {
    const packets = lines.filter((line) => {
      const m = stamped.exec(line.slice(0, 2000));
      return m !== null && m[4]?.toUpperCase() === 'PACKET' && /\b(?:UDP|TCP) +(?:Snd|Rcv) /.test(m[5] ?? '');
    }).length;
    const header = headerLine(lines, (line) => /^\s*Message logging key \(for packets/.test(line));
    if (packets === 0 && header === undefined) return undefined;
    return {
      confidence: header !== undefined ? 0.97 * header.trust : Math.min(0.96, 0.55 + packets / lines.length),
      why: 'PACKET lines with Snd or Rcv, flags and a counted name, as Windows DNS Server writes them',
    };
  },
  open,
};
