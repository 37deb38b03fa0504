import type { Format } from '../core/format.js';
import type { LineLayout } from '../core/layout.js';
import { parseTime } from '../core/time.js';
import { caselessAt } from './common/caseless.js';
import { answerAction } from './common/dns.js';
import { recordFormat } from './common/record-format.js';

/** Keys that, beside the name, only a payload of this log has. */
const telling: ReadonlySet<string> = new Set(['vmInstanceId', 'sourceNetwork', 'authAnswer']);

/** A payload, alone or in its LogEntry, with the name asked for and what tells it from other logs. */
const layout: LineLayout = {
  shapes: [[{ do: 'json', required: 3 }]],
  keys: (key) => {
    if (key === 'queryName') return { use: 'host', bit: 1 };
    if (key === 'jsonPayload') return { use: 'into' };
    // Another spelling may be read, too, but tells nothing.
    if (/^(?:queryname|jsonpayload)$/i.test(key)) return { use: 'look' };
    return telling.has(key) ? { use: 'any', bit: 2 } : { use: 'any' };
  },
};

/**
 * Google Cloud DNS query log: LogEntry objects of Cloud Logging (gcloud, Pub/Sub, sinks to storage), or their payload alone.
 * Fields: cloud.google.com/dns/docs/monitoring#dns-log-record-format.
 */
export const format: Format = recordFormat({
  title: 'Google Cloud DNS query log',
  kinds: ['dns'],
  what: 'Google Cloud DNS queries',
  layout,
  mine: (record) =>
    caselessAt(record, 'jsonPayload.queryName') !== undefined ||
    (Object.hasOwn(record, 'queryName') && [...telling].some((key) => Object.hasOwn(record, key))),
  read(fields, { modified }) {
    const get = (name: string) => fields.text(`jsonPayload.${name}`, name);
    const stamp = fields.text('timestamp', 'receiveTimestamp');
    return {
      kind: 'dns',
      action: answerAction(get('responseCode')),
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      device: get('vmInstanceName'),
      src_ip: get('sourceIP'),
      dst_ip: get('destinationIP'),
      host: get('queryName'),
      event_id: fields.text('insertId'),
    };
  },
});
