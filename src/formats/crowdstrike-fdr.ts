import { type Format, skip } from '../core/format.js';
import { whole } from '../core/text.js';
import { parseEpoch, parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { type Fields, recordFormat } from './common/record-format.js';

/** When it happened on the host, else when it reached the cloud (ms). */
function timeOf(fields: Fields, before: number): number | undefined {
  const own = fields.text('ContextTimeStamp', 'ContextTimeStamp_decimal');
  // Other shapes (Windows file times) have more digits than an epoch in seconds.
  if (own !== undefined && /^\d{9,10}(?:\.\d{1,9})?$/.test(own)) return parseEpoch(own);
  const sent = fields.text('timestamp', '@timestamp', '_timestamp');
  return sent === undefined ? undefined : parseTime(sent, 'UTC', before);
}

/**
 * CrowdStrike Falcon Data Replicator, and the same events exported from Falcon's search: DNS requests and outgoing connections.
 * Fields: "Events Data Dictionary" of Falcon. The host's name is only in events that were joined with it; else the agent's id.
 */
export const format: Format = recordFormat({
  title: 'CrowdStrike Falcon Data Replicator (DNS, network connections)',
  kinds: ['dns', 'web'],
  what: 'CrowdStrike Falcon events',
  mine: (record) =>
    (caselessText(record, 'event_simpleName') ?? record['#event_simpleName']) !== undefined &&
    (caselessAt(record, 'aid') !== undefined || caselessAt(record, 'cid') !== undefined),
  header: (columns) => columns.has('event_simpleName', '#event_simpleName') && columns.has('aid', 'ComputerName'),
  read(fields, { modified }) {
    const name = fields.text('event_simpleName', '#event_simpleName') ?? '';
    const common = {
      time: timeOf(fields, modified),
      user: fields.text('UserPrincipal', 'UserName'),
      device: fields.text('ComputerName', 'aid'),
      src_ip: fields.text('LocalAddressIP4', 'LocalAddressIP6', 'LocalIP', 'aip'),
      event_id: fields.text('id'),
    };
    if (/^(?:Suspicious)?DnsRequest$/i.test(name))
      return { ...common, kind: 'dns', action: 'allowed', host: fields.text('DomainName') };
    if (!/^NetworkConnectIP[46]$/i.test(name)) return skip('another type of event');
    // 0 outgoing, 1 incoming, 2 neither (a datagram).
    const direction = fields.text('ConnectionDirection', 'ConnectionDirection_decimal');
    if (direction === '1') return skip('an incoming connection');
    return {
      ...common,
      kind: 'web',
      flow: true,
      action: 'allowed',
      dst_ip: fields.text('RemoteAddressIP4', 'RemoteAddressIP6', 'RemoteIP'),
      port: whole(fields.text('RemotePort', 'RemotePort_decimal', 'RPort')),
    };
  },
});
