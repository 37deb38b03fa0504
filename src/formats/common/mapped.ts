import { type Action, actions, type EventDraft, type EventKind, eventKinds } from '../../core/event.js';
import { type FormatContext, isReject, isSkip, type Outcome, reject, skip } from '../../core/format.js';
import { blockedWords, type Mapping, type MappingKey, mappingKeys } from '../../core/mapping.js';
import { whole } from '../../core/text.js';
import { parseClf, parseCtime, parseDayMonth, parseEpoch, parseIso, parseRfc3164, parseTime } from '../../core/time.js';
import { compileTimePattern } from '../../core/time-pattern.js';
import { Notes } from './mapped-notes.js';
import { currencyOf, decimalMark, minorUnits, parseMoney } from './money.js';

/** The value of a column, path, key or group; undefined where the record has none. */
export type Source = (name: string) => unknown;
/**
 * Turns one record, given by its values, into an event. `fallback`: time of a syslog header. `place`: where a field stands, for people,
 * if its name does not say it.
 */
export type MappedReader = (
  source: Source,
  fallback?: () => number | undefined,
  place?: (name: string) => string,
) => Outcome;

/** A mapping for logs whose columns carry the keys of `parse` themselves; `names`: the columns' own spelling of each key. */
export function ownKeysMapping(framing: Mapping['framing'], names: readonly string[]): Mapping | undefined {
  const fields: Record<string, string> = {};
  for (const name of names) {
    const key = mappingKeys.find((candidate) => candidate === foldKey(name));
    if (key !== undefined && !Object.hasOwn(fields, key)) fields[key] = name;
  }
  const has = (...keys: readonly MappingKey[]) => keys.some((key) => Object.hasOwn(fields, key));
  const target = has('host', 'url', 'dst_ip', 'app', 'app_id', 'merchant', 'extension_id');
  const who = has('time', 'date', 'user', 'device', 'src_ip', 'kind');
  return target && who && Object.keys(fields).length >= 3
    ? { framing, fields, constants: {}, missing: [], blocked: blockedWords, amounts: 'minor' }
    : undefined;
}

/** Finds the reader for records that carry the keys of `parse`, by the names that a record has; undefined: too few of them. */
export function ownKeysReader(
  framing: Mapping['framing'],
  context: FormatContext,
): (names: readonly string[]) => MappedReader | undefined {
  const known = new Map<string, MappedReader | undefined>();
  return (names) => {
    const some = names.slice(0, 500);
    const shape = some.join('\n');
    if (known.has(shape)) return known.get(shape);
    const mapping = ownKeysMapping(framing, some);
    const reader = mapping && compileMapping(mapping, context);
    // Records of one log have few shapes; hostile ones must not fill the memory.
    if (shape.length < 4000 && known.size < 1000) known.set(shape, reader);
    return reader;
  };
}

/** `Src-IP`, `src ip` and `SRC_IP` are the key `src_ip`. */
const foldKey = (name: string): string =>
  name
    .slice(0, 40)
    .trim()
    .toLowerCase()
    .replace(/[\s.-]/g, '_');

/** Kind of a record that states none: by what only one kind has, else web where a destination is named. */
function kindOf(draft: Partial<EventDraft>): EventKind | undefined {
  if (draft.merchant !== undefined || draft.amount !== undefined) return 'expense';
  if (draft.extension_id !== undefined) return 'extension';
  if (draft.host !== undefined || draft.url !== undefined || draft.dst_ip !== undefined || draft.path !== undefined)
    return 'web';
  if (draft.scopes !== undefined) return 'grant';
  return draft.app !== undefined || draft.app_id !== undefined ? 'activity' : undefined;
}

function timeReader(mapping: Mapping, context: FormatContext): (text: string) => number | undefined {
  const zone = mapping.time?.zone ?? context.zone;
  const format = mapping.time?.format;
  switch (format) {
    case undefined:
      return (text) => parseTime(text, zone, context.modified);
    case 'epoch':
      return parseEpoch;
    case 'iso':
      return (text) => parseIso(text, zone);
    case 'clf':
      return (text) => parseClf(text, zone);
    case 'rfc3164':
      return (text) => parseRfc3164(text, zone, context.modified);
    case 'ctime':
      return (text) => parseCtime(text, zone);
    case 'dmy':
    case 'mdy':
      return (text) => parseDayMonth(text, format, zone);
    default: {
      const parse = compileTimePattern(format);
      return (text) => parse(text, zone);
    }
  }
}

/** Compiles a mapping once for all records of an input. */
export function compileMapping(mapping: Mapping, context: FormatContext): MappedReader {
  const missing = new Set(['', '-', ...mapping.missing.map((value) => value.trim().toLowerCase())]);
  const blocked = new Set(mapping.blocked.map((value) => value.trim().toLowerCase()));
  const readTime = timeReader(mapping, context);
  const stated = (value: string | undefined) =>
    value === undefined || missing.has(value.toLowerCase()) ? undefined : value;

  const read = (
    source: Source,
    fallback: (() => number | undefined) | undefined,
    notes: Notes | undefined,
  ): Outcome => {
    const raw = (key: MappingKey): unknown => {
      const name = Object.hasOwn(mapping.fields, key) ? mapping.fields[key] : undefined;
      return name === undefined ? undefined : source(name);
    };
    const text = (key: MappingKey): string | undefined => {
      const found = raw(key);
      const value = stated(plain(found));
      notes?.looked(key, found, value);
      return value ?? constant(mapping, key);
    };
    const number = (key: MappingKey): number | undefined => {
      const value = text(key);
      const result = whole(value?.replace(/\.0+$/, ''));
      if (value !== undefined && result === undefined) notes?.failed(key, 'is no whole number');
      return result;
    };

    const stamp = [text('date'), text('time')].filter((part) => part !== undefined).join(' ');
    const time = stamp === '' ? fallback?.() : readTime(stamp);
    if (stamp === '' && time !== undefined) notes?.header();
    if (stamp !== '' && time === undefined)
      notes?.failed('time', `does not fit ${mapping.time?.format ?? 'any known shape of a time'}`, stamp);
    const [kindText, verdict] = [text('kind')?.toLowerCase(), text('action')];
    const price = text('amount');
    const money = parseMoney(price ?? '');
    if (price !== undefined && money === undefined) notes?.failed('amount', 'is no amount');
    const currency = currencyOf(text('currency')) ?? money?.currency;
    const size =
      money === undefined
        ? undefined
        : mapping.amounts === 'minor'
          ? whole(money.digits)
          : minorUnits(money.digits, currency, decimalMark([money.digits]));
    const scopes = text('scopes');
    const draft: Omit<EventDraft, 'kind' | 'action'> = {
      time,
      user: text('user'),
      device: text('device'),
      src_ip: text('src_ip'),
      dst_ip: text('dst_ip'),
      host: text('host'),
      port: number('port'),
      url: text('url'),
      path: text('path'),
      method: text('method'),
      status: number('status'),
      bytes_out: number('bytes_out'),
      bytes_in: number('bytes_in'),
      user_agent: text('user_agent'),
      app: text('app'),
      app_id: text('app_id'),
      scopes: listOf(raw('scopes')) ?? listOf(scopes),
      event_id: text('event_id'),
      merchant: text('merchant'),
      amount: size === undefined || size === 0 || money?.negative !== true ? size : -size,
      currency: currency ?? text('currency'),
      cost_centre: text('cost_centre'),
      extension_id: text('extension_id'),
    };
    if (Object.values(draft).every((value) => value === undefined)) return reject('none of the mapped fields is in it');
    if (stamp !== '' && time === undefined) return reject('the time is not readable');
    const kind = kindText === undefined ? kindOf(draft) : eventKinds.find((known) => known === kindText);
    if (kindText !== undefined && kind === undefined) notes?.failed('kind', `is none of ${eventKinds.join(', ')}`);
    if (kind === undefined)
      return kindText === undefined ? reject('nothing tells the kind of event') : skip('another kind of record');
    return { kind, action: actionOf(verdict, blocked), ...draft };
  };

  const { trace } = context;
  if (trace === undefined) return (source, fallback) => read(source, fallback, undefined);
  return (source, fallback, place) => {
    const notes = new Notes(mapping, place);
    const outcome = read(source, fallback, notes);
    trace.record(notes.all, isSkip(outcome) ? 'skip' : isReject(outcome) ? 'reject' : 'event');
    return outcome;
  };
}

const constant = (mapping: Mapping, key: string): string | undefined =>
  Object.hasOwn(mapping.constants, key) ? mapping.constants[key] : undefined;

function actionOf(value: string | undefined, blocked: ReadonlySet<string>): Action {
  const text = value?.toLowerCase();
  if (text === undefined) return 'unknown';
  return blocked.has(text) ? 'blocked' : (actions.find((action) => action === text) ?? 'allowed');
}

/** Text of a value: JSON numbers and booleans as written, of a list its first element; objects have none. */
function plain(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? (value as unknown[])[0] : value;
  if (typeof first === 'string') return first.trim();
  return typeof first === 'number' || typeof first === 'boolean' ? String(first) : undefined;
}

/** Scopes: a JSON list, or text separated by blanks, commas or semicolons. */
function listOf(value: unknown): string[] | undefined {
  if (Array.isArray(value))
    return (value as unknown[]).filter((item): item is string => typeof item === 'string' && item.trim() !== '');
  if (typeof value !== 'string') return undefined;
  const list = value.split(/[\s,;]+/).filter((item) => item !== '' && item !== '-');
  return list.length > 0 ? list : undefined;
}
