import type { Action } from '../core/event.js';
import { type Format, skip } from '../core/format.js';
import { whole } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { recordFormat } from './common/record-format.js';

/** `SUCCESS`, `FAILURE`, `BLOCKED`: a connection that failed was no use. */
function connectionAction(status: string | undefined): Action {
  if (status === undefined) return 'unknown';
  return /^succ/i.test(status) ? 'allowed' : /block|fail/i.test(status) ? 'blocked' : 'unknown';
}

/**
 * SentinelOne Cloud Funnel 2 (Deep Visibility) telemetry: DNS, URL and outgoing IP events, keys with dots. `timestamp` is only a
 * clock time; `event.time` is the instant. Field names: SentinelOne "Cloud Funnel 2.0 schema".
 */
export const format: Format = recordFormat({
  title: 'SentinelOne Cloud Funnel (DNS, URL, network connections)',
  kinds: ['dns', 'web'],
  what: 'SentinelOne Cloud Funnel events',
  mine: (record) =>
    typeof record['event.category'] === 'string' &&
    (record['dataSource.name'] !== undefined ||
      record['agent.uuid'] !== undefined ||
      record['src.process.user'] !== undefined ||
      record['endpoint.name'] !== undefined),
  read(fields, { modified }) {
    const stamp = fields.text('event.time');
    const common = {
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text('src.process.user'),
      device: fields.text('endpoint.name'),
      src_ip: fields.text('src.ip.address'),
      dst_ip: fields.text('dst.ip.address'),
      port: whole(fields.text('dst.port.number')),
      event_id: fields.text('event.id'),
    } as const;
    const category = fields.text('event.category')?.toLowerCase();
    if (category === 'dns')
      // `type: 1 name`: the number of the record type may stand before the name.
      return {
        ...common,
        kind: 'dns',
        action: 'allowed',
        host: fields.text('event.dns.request')?.replace(/^type: ?\d{1,5} /, ''),
      };
    if (category === 'url')
      return {
        ...common,
        kind: 'web',
        action: 'allowed',
        url: fields.text('url.address'),
        method: fields.text('event.url.action'),
      };
    if (category !== 'ip') return skip('another type of event');
    if (/^in/i.test(fields.text('event.network.direction') ?? '')) return skip('an incoming connection');
    return {
      ...common,
      kind: 'web',
      flow: true,
      action: connectionAction(fields.text('event.network.connectionStatus')),
    };
  },
});
