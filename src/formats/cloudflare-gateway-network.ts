import type { Format } from '../core/format.js';
import { isOrdinaryPort } from '../core/model-ports.js';
import { detectLogpush, gatewayAction, type LogpushRecord, logpushLayout, logpushReader } from './common/cloudflare.js';

const mine = (record: LogpushRecord): boolean =>
  !record.has('HTTPMethod', 'HTTPHost', 'QueryName') &&
  ((record.has('SNI', 'Transport', 'OverrideIP', 'OverridePort') && record.has('DestinationIP', 'DestinationPort')) ||
    (record.has('SessionStartTime', 'OriginIP') && record.has('SessionID')));

const layout = logpushLayout((key) => {
  if (/^(?:httpmethod|httphost|queryname)$/.test(key)) return { use: 'look' };
  if (key === 'sni') return { use: 'host', bit: 1 };
  if (/^(?:transport|overrideip|overrideport)$/.test(key)) return { use: 'any', bit: 1 };
  if (key === 'destinationport') return { use: { scalar: isOrdinaryPort }, bit: 2 };
  if (key === 'dstport' || key === 'originport') return { use: { scalar: isOrdinaryPort } };
  return key === 'destinationip' ? { use: 'any', bit: 2 } : { use: 'any' };
});

/**
 * Cloudflare Gateway network, Logpush datasets `gateway_network` and `zero_trust_network_sessions` (which counts bytes);
 * fields: developers.cloudflare.com/logs/reference/log-fields/account/gateway_network. OverrideIP is where a policy led
 * the connection, not what was asked for.
 */
export const format: Format = {
  title: 'Cloudflare Gateway network (Logpush)',
  kinds: ['web'],
  framing: 'json',
  detect: (sample) => detectLogpush(sample, mine, 'gateway_network'),
  open: (context) =>
    logpushReader(
      mine,
      (record) => ({
        kind: 'web',
        flow: true,
        action: gatewayAction(record.text('Action')),
        time: record.time(context, 'Datetime', 'Timestamp', 'SessionStartTime'),
        user: record.user(),
        device: record.text('DeviceName'),
        src_ip: record.text('SourceIP', 'SrcIP', 'SourceInternalIP'),
        dst_ip: record.text('DestinationIP', 'DstIP', 'OriginIP'),
        host: record.text('SNI'),
        port: record.positive('DestinationPort', 'DstPort', 'OriginPort'),
        bytes_out: record.number('BytesSent'),
        bytes_in: record.number('BytesReceived'),
        app: record.text('ApplicationNames', 'ApplicationName'),
        event_id: record.text('SessionID'),
      }),
      context,
      layout,
    ),
};
