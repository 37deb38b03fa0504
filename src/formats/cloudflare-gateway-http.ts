import type { Format } from '../core/format.js';
import { splitUrl } from '../core/url.js';
import { detectLogpush, gatewayAction, type LogpushRecord, logpushLayout, logpushReader } from './common/cloudflare.js';

const mine = (record: LogpushRecord): boolean =>
  record.has('HTTPHost', 'URL') && record.has('HTTPMethod', 'HTTPStatusCode', 'HTTPVersion', 'IsIsolated');

const layout = logpushLayout((key) => {
  if (key === 'httphost') return { use: 'host', bit: 1 };
  if (key === 'host') return { use: 'host' };
  if (key === 'url') return { use: 'url', bit: 1 };
  if (key === 'httpurl') return { use: 'url' };
  if (key === 'useragent' || key === 'httpuseragent') return { use: 'agent' };
  return /^(?:httpmethod|httpstatuscode|httpversion|isisolated)$/.test(key) ? { use: 'any', bit: 2 } : { use: 'any' };
});

/** Cloudflare Gateway HTTP, Logpush dataset `gateway_http`; fields: developers.cloudflare.com/logs/reference/log-fields/account/gateway_http. */
export const format: Format = {
  title: 'Cloudflare Gateway HTTP (Logpush)',
  kinds: ['web'],
  framing: 'json',
  detect: (sample) => detectLogpush(sample, mine, 'gateway_http'),
  open: (context) =>
    logpushReader(
      mine,
      (record) => {
        const named = splitUrl(record.text('HTTPHost', 'Host') ?? '');
        return {
          kind: 'web',
          action: gatewayAction(record.text('Action')),
          time: record.time(context, 'Datetime', 'Timestamp'),
          user: record.user(),
          device: record.text('DeviceName'),
          src_ip: record.text('SourceIP', 'SrcIP', 'SourceInternalIP'),
          dst_ip: record.text('DestinationIP', 'DstIP'),
          host: named.host,
          port: record.positive('DestinationPort', 'DstPort') ?? named.port,
          url: record.text('URL', 'HTTPURL'),
          method: record.text('HTTPMethod', 'Method'),
          status: record.positive('HTTPStatusCode', 'StatusCode'),
          user_agent: record.text('UserAgent', 'HTTPUserAgent'),
          app: record.text('ApplicationNames', 'ApplicationName'),
          event_id: record.text('RequestID'),
        };
      },
      context,
      layout,
    ),
};
