import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { parseObject, textAt } from '../core/json.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseEpoch } from '../core/time.js';
import { share } from './common/detect.js';

// docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html. Without a header the fields stand in the order of version 2.
const version2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const defaultRow = /^\d{1,2} (?:\d{12}|unknown|-) eni-\S+ \S+ \S+ (?:\d{1,5}|-) (?:\d{1,5}|-) (?:\d{1,3}|-) /;

function headerOf(text: string): { columns: Columns; delimiter: string } | undefined {
  if (!/\bsrc_?addr\b/i.test(text.slice(0, 2000)) || /\d{6}/.test(text.slice(0, 2000))) return undefined;
  const delimiter = text.includes(' ') && !text.includes(',') ? ' ' : sniffDelimiter(text);
  const names = (delimiter === ' ' ? text.trim().split(/ +/) : (splitCsv(text, delimiter) ?? [])).map((name) =>
    name.replace(/^\$\{|\}$/g, ''),
  );
  const columns = new Columns(names);
  return columns.has('dstaddr') && columns.has('action', 'log-status', 'bytes', 'interface-id')
    ? { columns, delimiter }
    : undefined;
}

function actionOf(word: string | undefined): Action {
  if (/^accept$/i.test(word ?? '')) return 'allowed';
  return /^reject$/i.test(word ?? '') ? 'blocked' : 'unknown';
}

function open({ zone, modified }: FormatContext): Reader {
  const standard = { columns: new Columns(version2), delimiter: ' ' };
  let table: ReturnType<typeof headerOf>;
  let written = '';

  return {
    state: () => written,
    read(text): Outcome {
      const carried = text.startsWith('{') ? textAt(parseObject(text) ?? {}, 'message', 'event', '_raw') : text;
      if (carried === undefined) return reject('JSON without a flow record');
      const header = headerOf(carried);
      if (header !== undefined) {
        [table, written] = [header, carried];
        return skip('header line');
      }
      const { message, time } = unwrapSyslog(carried);
      if (table === undefined && !defaultRow.test(message)) return reject('no header, and not the order of version 2');
      const { columns, delimiter } = table ?? standard;
      const fields = delimiter === ' ' ? message.trim().split(/ +/) : (splitCsv(message, delimiter) ?? []);
      const get = (...names: readonly string[]) =>
        names.map((name) => known(columns.get(fields, name))).find((value) => value !== undefined);
      if (/^(?:nodata|skipdata)$/i.test(get('log-status') ?? '')) return skip('no flow in this interval');
      // Behind a NAT gateway or load balancer the packet's own addresses are those of the ends.
      const [src_ip, dst_ip] = [get('pkt-srcaddr', 'srcaddr'), get('pkt-dstaddr', 'dstaddr')];
      if (src_ip === undefined && dst_ip === undefined) return reject('the record names no source and no destination');
      const stamp = get('start', 'end');
      return {
        kind: 'web',
        flow: true,
        action: actionOf(get('action')),
        time: (stamp === undefined ? undefined : parseEpoch(stamp)) ?? time?.(zone, modified),
        device: get('instance-id'),
        src_ip,
        dst_ip,
        port: whole(get('dstport')),
        bytes_out: whole(get('bytes')),
      };
    },
  };
}

/** Amazon VPC flow logs, version 2 or with a header line; they never name a host. */
export const format: Format = {
  title: 'Amazon VPC flow log',
  kinds: ['web'],
  framing: 'json',
  detect(sample) {
    if (sample.lines.slice(0, 3).some((line) => headerOf(line) !== undefined))
      return { confidence: 0.95, why: 'a header line with the field names of VPC flow logs' };
    const fitting = share(sample.lines, (line) => {
      const carried = line.startsWith('{') ? textAt(parseObject(line) ?? {}, 'message', 'event', '_raw') : line;
      return carried !== undefined && defaultRow.test(unwrapSyslog(carried).message);
    });
    return fitting === 0
      ? undefined
      : { confidence: 0.96 * fitting, why: 'lines in the default order of VPC flow logs (version 2)' };
  },
  open,
};
