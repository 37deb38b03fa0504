import type { EventDraft } from '../../core/event.js';
import { isReject, isSkip, type Outcome, reject, type Sample, type Skip, skip } from '../../core/format.js';
import { isObject, type JsonObject, parseObject } from '../../core/json.js';
import { type Unwrapped, unwrapSyslog } from '../../core/syslog.js';
import { objectsOf } from './caseless.js';

/** Keys under which forwarders and pages wrap records: objects, lists of them, or JSON as text. */
const wrapperKeys = [
  'records',
  'value',
  'items',
  'results',
  'result',
  'logs',
  'data',
  'events',
  'event',
  'detail',
  'body',
  'message',
  'original',
  'log',
  'jsonPayload',
  '_source',
  '_raw',
];

const unknownRecord = reject('JSON, but not a record of this format');
export const isUnknownRecord = (outcome: Outcome): boolean => outcome === unknownRecord;

/**
 * Reads one JSON record with `readOne`, whatever it is wrapped in: a syslog header, a page (`{"value":[...]}`), or the
 * envelope of a forwarder (Splunk `event`, EventBridge `detail`, Logstash `message`). `mine` tells a record from a wrapper.
 */
export function readJson(
  text: string,
  mine: (record: JsonObject) => boolean,
  readOne: (record: JsonObject, header: Unwrapped | undefined) => Outcome,
): Outcome {
  let header: Unwrapped | undefined;
  let whole = parse(text);
  if (whole === undefined) {
    header = unwrapSyslog(text);
    const { message } = header;
    const start = message.search(/[[{]/);
    if (start >= 0) whole = parse(message.slice(start));
    // `INFO  uvm[0]: {...}`
    if (whole === undefined && message[start] === '[') whole = parse(message.slice(Math.max(0, message.indexOf('{'))));
  }
  if (whole === undefined) return reject('not a JSON object');
  const records = whole.flatMap((object) => unwrap(object, mine, 3));
  if (records.length === 0)
    return whole.some((object) => Object.keys(object).length > 0) && !whole.some(isEmptyPage)
      ? unknownRecord
      : skip('no record in it');
  return combine(records.map((record) => readOne(record, header)));
}

function parse(text: string): JsonObject[] | undefined {
  const body = text.trim().replace(/,$/, '');
  if (body.startsWith('[')) {
    const list = objectsOf(body);
    return list.length > 0 ? list : undefined;
  }
  const object = body.startsWith('{') ? parseObject(body) : undefined;
  return object === undefined ? undefined : [object];
}

const isEmptyPage = (object: JsonObject): boolean =>
  wrapperKeys.some((key) => Object.hasOwn(object, key) && Array.isArray(object[key]) && object[key].length === 0);

function unwrap(object: JsonObject, mine: (record: JsonObject) => boolean, depth: number): JsonObject[] {
  if (mine(object)) return [object];
  if (depth === 0) return [];
  for (const key of wrapperKeys) {
    const inner = Object.hasOwn(object, key) ? object[key] : undefined;
    const worth = isObject(inner) || Array.isArray(inner) || (typeof inner === 'string' && /^\s*[[{]/.test(inner));
    const found = worth ? objectsOf(inner).flatMap((item) => unwrap(item, mine, depth - 1)) : [];
    if (found.length > 0) return found;
  }
  return [];
}

/** One outcome of several: all events; without any, the first skip, else the first reject. */
export function combine(outcomes: readonly Outcome[]): Outcome {
  const events: EventDraft[] = [];
  let skipped: Skip | undefined;
  let rejected: Outcome | undefined;
  for (const outcome of outcomes) {
    if (isSkip(outcome)) skipped ??= outcome;
    else if (isReject(outcome)) rejected ??= outcome;
    else if (Array.isArray(outcome)) for (const draft of outcome as readonly EventDraft[]) events.push(draft);
    else events.push(outcome as EventDraft);
  }
  return events.length > 0 ? events : (skipped ?? rejected ?? skip('no record in it'));
}

const wrapped = new WeakMap<JsonObject, readonly JsonObject[]>();

/** An object and all that `unwrap` would look at in it; remembered, since detection asks every format about the same objects. */
function layersOf(object: JsonObject): readonly JsonObject[] {
  let layers = wrapped.get(object);
  if (layers === undefined) {
    const all: JsonObject[] = [];
    unwrap(object, (inner) => all.push(inner) === 0, 3);
    layers = all;
    wrapped.set(object, layers);
  }
  return layers;
}

/** Share of the sample's JSON records that are, or wrap, records of a format; 0 when there are none. */
export function shareOfRecords(sample: Sample, mine: (record: JsonObject) => boolean): number {
  const { json } = sample;
  return json.length === 0 ? 0 : json.filter((object) => layersOf(object).some(mine)).length / json.length;
}

/**
 * How surely the sample is of a format, and why: `surety` times the share of records that are its own; undefined where none is.
 * `are` ends the sentence: `are Okta events`.
 */
export function detectRecords(
  sample: Sample,
  mine: (record: JsonObject) => boolean,
  surety: number,
  are: string,
): { confidence: number; why: string } | undefined {
  const fitting = shareOfRecords(sample, mine);
  if (fitting === 0) return undefined;
  return { confidence: fitting * surety, why: `${Math.round(fitting * 100)} % of the first records ${are}` };
}
