import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import {
  type Format,
  type FormatContext,
  type Outcome,
  type Reader,
  reject,
  type Sample,
  skip,
} from '../core/format.js';
import { canonicalIp } from '../core/host.js';
import { known } from '../core/text.js';
import { type DayOrder, dayOrder, parseDate } from './common/dates.js';
import { leaseOf } from './common/lease.js';
import { parseStamp } from './common/stamp.js';

/** Columns, each with the other names that are accepted. */
const names = {
  address: ['address', 'ip', 'ip address', 'assigned ip', 'framed ip address', 'virtual ip', 'internal ip'],
  start: ['start', 'from', 'lease start', 'start time', 'connected', 'login time', 'session start', 'assigned at'],
  end: ['end', 'to', 'until', 'lease end', 'expires', 'end time', 'disconnected', 'logout time', 'session end'],
  user: ['user', 'username', 'user name', 'login', 'account'],
  device: ['device', 'host', 'hostname', 'host name', 'device name', 'computer'],
  mac: ['mac', 'mac address', 'hardware address', 'hwaddr'],
} as const;

interface Header {
  columns: Columns;
  delimiter: string;
}

function headerOf(line: string): Header | undefined {
  const start = line.slice(0, 2000);
  const delimiter = sniffDelimiter(start);
  const fields = splitCsv(start, delimiter);
  // A row has digits in its address and times; names of columns have none.
  if (fields === undefined || fields.length < 3 || fields.some((name) => /\d{2}/.test(name))) return undefined;
  const columns = new Columns(fields);
  const has = (role: keyof typeof names): boolean => columns.has(...names[role]);
  if (!has('address') || !has('start') || !has('end') || !(has('user') || has('device') || has('mac')))
    return undefined;
  // Flow records have two addresses and a direction: they are no leases.
  if (columns.has('dst', 'dstip', 'destination', 'destination ip', 'bytes', 'bytes out', 'url', 'protocol'))
    return undefined;
  return { columns, delimiter };
}

function open({ zone, modified, sample }: FormatContext): Reader {
  let header: Header | undefined;
  const order = orderOf(sample);
  const time = (text: string | undefined): number | undefined =>
    known(text) === undefined
      ? undefined
      : (parseStamp(text ?? '', zone, modified) ?? parseDate(text ?? '', order, zone, modified));
  return {
    read(text): Outcome {
      if (header === undefined) {
        header = headerOf(text);
        return header === undefined
          ? reject('the first line names no columns address, start, end and user or device')
          : skip('header');
      }
      const { columns, delimiter } = header;
      const fields = splitCsv(text, delimiter);
      if (fields === undefined) return reject('a quote that never closes');
      const get = (role: keyof typeof names): string | undefined => columns.get(fields, ...names[role]);
      const [address, at, until] = [get('address'), time(get('start')), time(get('end'))];
      if (address === undefined || canonicalIp(address) === undefined) return reject('no address in the row');
      if (at === undefined) return reject('no start in the row, or not a time');
      if (get('end') !== undefined && until === undefined) return reject('the end is no time');
      if (until !== undefined && until <= at) return reject('the end is not behind the start');
      return leaseOf({ address, at, until, user: get('user'), device: get('device'), mac: get('mac') });
    },
    state: () => undefined,
  };
}

/** Whether day or month comes first in numeric dates, which the first rows together tell. */
function orderOf(sample: Sample): DayOrder {
  const header = headerOf(sample.lines[0] ?? '');
  if (header === undefined) return 'mdy';
  const rows = sample.lines.slice(1).map((line) => splitCsv(line, header.delimiter) ?? []);
  const values = rows.flatMap((row) => [
    header.columns.get(row, ...names.start) ?? [],
    header.columns.get(row, ...names.end) ?? [],
  ]);
  return dayOrder(values.flat(), 'mdy');
}

/** A table of leases or sessions: `address,start,end,user,device`. */
export const format: Format = {
  title: 'Leases or VPN sessions (CSV)',
  kinds: [],
  framing: 'csv',
  detect: (sample) =>
    headerOf(sample.lines[0] ?? '') === undefined
      ? undefined
      : { confidence: 0.9, why: 'the header names address, start, end and a user or device' },
  open,
};
