import { draftKeys, type Event } from './event.js';
import { formatTime } from './time.js';

/** The keys of `halflight parse` in the order in which they are printed. */
export const eventKeys = ['line', ...draftKeys, 'vendor_format'] as const satisfies readonly (keyof Event)[];

/** An event as printed: `time` in RFC 3339, fixed key order. */
export function eventToJson(event: Event): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const key of eventKeys) {
    const value = key === 'time' ? (event.time === undefined ? undefined : formatTime(event.time)) : event[key];
    if (value !== undefined) json[key] = value;
  }
  const { rollup } = event;
  if (rollup !== undefined)
    json.rollup = {
      service: rollup.service,
      account_kind: rollup.accountKind,
      strength: rollup.strength,
      confidence: rollup.confidence,
      count: rollup.count,
      ...(rollup.last !== undefined && { last: formatTime(rollup.last) }),
    };
  return json;
}
