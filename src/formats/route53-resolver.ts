import type { Action } from '../core/event.js';
import type { Format } from '../core/format.js';
import { type JsonObject, textAt } from '../core/json.js';
import { parseTime } from '../core/time.js';
import { readJson } from './common/json-records.js';

const mine = (record: JsonObject): boolean => 'query_name' in record && 'srcaddr' in record;

/** The DNS Firewall's verdict where it has one; else the query went through unless the resolver refused it. */
function actionOf(record: JsonObject): Action {
  const firewall = textAt(record, 'firewall_rule_action')?.toUpperCase();
  if (firewall !== undefined) return firewall === 'BLOCK' ? 'blocked' : 'allowed';
  return textAt(record, 'rcode')?.toUpperCase() === 'REFUSED' ? 'blocked' : 'allowed';
}

/**
 * Amazon Route 53 Resolver query logs, one JSON object a line.
 * Fields: docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
 */
export const format: Format = {
  title: 'Amazon Route 53 Resolver query log',
  kinds: ['dns'],
  framing: 'json',
  detect(sample) {
    const fitting = sample.json.filter((record) => mine(record) && 'query_timestamp' in record).length;
    return fitting === 0
      ? undefined
      : {
          confidence: (0.97 * fitting) / sample.json.length,
          why: 'JSON objects with query_timestamp, query_name and srcaddr',
        };
  },
  open: (context) => ({
    read: (text) =>
      readJson(text, mine, (record) => {
        const time = textAt(record, 'query_timestamp');
        return {
          kind: 'dns',
          action: actionOf(record),
          time: time === undefined ? undefined : parseTime(time, 'UTC', context.modified),
          src_ip: textAt(record, 'srcaddr'),
          device: textAt(record, 'srcids.instance'),
          host: textAt(record, 'query_name'),
        };
      }),
  }),
};
