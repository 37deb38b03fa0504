import type { Format } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt } from './common/caseless.js';
import { answerAction } from './common/dns.js';
import { recordFormat } from './common/record-format.js';

/**
 * Google Cloud DNS query log: LogEntry objects of Cloud Logging (gcloud, Pub/Sub, sinks to storage), or their payload alone.
 * Fields: cloud.google.com/dns/docs/monitoring#dns-log-record-format.
 */
export const format: Format = recordFormat({
  title: 'Google Cloud DNS query log',
  kinds: ['dns'],
  what: 'Google Cloud DNS queries',
  mine: (record) =>
    caselessAt(record, 'jsonPayload.queryName') !== undefined ||
    (caselessAt(record, 'queryName') !== undefined &&
      (caselessAt(record, 'vmInstanceId') !== undefined ||
        caselessAt(record, 'sourceNetwork') !== undefined ||
        caselessAt(record, 'authAnswer') !== undefined)),
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
