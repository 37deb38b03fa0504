import type { Event } from './event.js';
import { formatTime } from './time.js';

/** The keys of `halflight parse` in the order in which they are printed. */
export const eventKeys = [
  'line',
  'time',
  'kind',
  'action',
  'user',
  'device',
  'src_ip',
  'dst_ip',
  'host',
  'port',
  'url',
  'path',
  'method',
  'status',
  'bytes_out',
  'bytes_in',
  'user_agent',
  'app',
  'app_id',
  'scopes',
  'event_id',
  'merchant',
  'amount',
  'currency',
  'cost_centre',
  'extension_id',
  'vendor_format',
] as const satisfies readonly (keyof Event)[];

/** An event as printed: `time` in RFC 3339, fixed key order. */
export function eventToJson(event: Event): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const key of eventKeys) {
    const value = key === 'time' ? (event.time === undefined ? undefined : formatTime(event.time)) : event[key];
    if (value !== undefined) json[key] = value;
  }
  return json;
}
