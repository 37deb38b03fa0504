import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import type { Action, EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Reader, reject, type Sample, skip } from '../core/format.js';
import { isObject, type JsonObject } from '../core/json.js';
import type { Layout } from '../core/layout.js';
import { unwrapSyslog } from '../core/syslog.js';
import { decodeUri, whole } from '../core/text.js';
import { parseCtime, parseEpoch, parseIso, parseTime, zoneOr } from '../core/time.js';
import { splitUrl } from '../core/url.js';
import { share } from './common/detect.js';
import {
  carriedText,
  countTelling,
  feedValue,
  folded,
  foreign,
  isFeed,
  type Key,
  noTimes,
  order,
  pairsOf,
  parseFeedObject,
  unescapedName,
  type Values,
} from './common/zscaler-web.js';
import { defaultLayout, jsonLayout, layoutOf, plainUrl, verbs } from './common/zscaler-web-layout.js';

function open({ zone, modified, sample }: FormatContext): Reader {
  let header: { names: string[]; delimiter: string } | undefined;
  let layout: Layout | undefined = sample.json.length > 0 ? jsonLayout : defaultLayout;
  return {
    layout: () => layout,
    state: () => JSON.stringify(header ?? null),
    read(text) {
      if (plainUrl(text) !== undefined) return row(text, ',');
      const { message, time } = unwrapSyslog(text);
      const outcome = readMessage(message);
      if ('kind' in outcome) outcome.time ??= time?.(zone, modified);
      return outcome;
    },
  };

  function readMessage(text: string): EventDraft | ReturnType<typeof skip | typeof reject> {
    if (text.startsWith('{')) return json(parseFeedObject(text));
    if (!text.trimStart().startsWith('"')) {
      const pairs = pairsOf(text);
      if (countTelling(pairs.keys()) >= 2) return event(pairs);
      const brace = text.slice(0, 300).indexOf('{"');
      if (brace > 0 && text.trimEnd().endsWith('}')) return json(parseFeedObject(text.slice(brace)));
    }
    // A row holds a time, and so a colon; names do not.
    if (!text.includes(':')) {
      const delimiter = sniffDelimiter(text);
      const names = splitCsv(text, delimiter)?.map(Columns.fold) ?? [];
      if (isFeed(names)) {
        header = { names, delimiter };
        layout = layoutOf(names);
        return skip('header line');
      }
    }
    return row(text, header?.delimiter ?? sniffDelimiter(text));
  }

  function json(outer: JsonObject | undefined): EventDraft | ReturnType<typeof skip | typeof reject> {
    if (outer === undefined) return reject('broken JSON');
    if (typeof outer.sourcetype === 'string' && /zscaler/i.test(outer.sourcetype) && !/web/i.test(outer.sourcetype))
      return skip('another Zscaler log');
    const carried = carriedText(outer);
    if (carried !== undefined) return readMessage(unwrapSyslog(carried).message);
    const inner = outer.event;
    const outcome =
      typeof inner === 'string'
        ? event(inner.trimStart().startsWith('{') ? folded(parseFeedObject(inner.trim()) ?? {}) : pairsOf(inner))
        : event(folded(isObject(inner) ? inner : outer));
    // Splunk's own wrapper has the time, too; its `host` is the sender.
    if ('kind' in outcome && typeof outer.time === 'number') outcome.time ??= parseEpoch(outer.time);
    return outcome;
  }

  function row(text: string, delimiter: string): EventDraft | ReturnType<typeof skip | typeof reject> {
    const url = plainUrl(text);
    const fields = splitCsv(text, delimiter) ?? (url === undefined ? undefined : splitCsv(`${text}"`, delimiter));
    if (fields === undefined) return reject('a quote is not closed');
    const names = header?.names ?? defaultNames(fields);
    if (names === undefined) return reject('no header, and not the documented order of fields');
    const values = new Map<string, unknown>();
    for (const [i, name] of names.entries()) if (!values.has(name)) values.set(name, fields[i]);
    const outcome = event(values, url !== undefined);
    // What `layout` promises of such a line holds under any header.
    if (url !== undefined && 'kind' in outcome) Object.assign(outcome, { url, host: undefined });
    return outcome;
  }

  function event(values: Values, certain = false): EventDraft | ReturnType<typeof skip | typeof reject> {
    const get = (key: Key) => feedValue(values, key);
    const [url, host, action] = [get('url'), get('host'), actionOf(get('action'))];
    const time = timeOf(get, zoneOr(get('zone'), zone), modified);
    if (!certain && url === undefined && host === undefined) {
      if (foreign.some((name) => values.has(name))) return skip('another Zscaler log');
      if (time === undefined || action === 'unknown') return reject('no URL, no host and no action');
    }
    const status = whole(get('status'));
    const agent = get('user_agent');
    const draft: EventDraft = {
      kind: 'web',
      action,
      time,
      user: unescapedName(get('user')),
      device: get('device'),
      src_ip: get('src_ip'),
      dst_ip: get('dst_ip'),
      url,
      host,
      method: get('method'),
      status: status === 0 ? undefined : status,
      bytes_out: whole(get('bytes_out')),
      bytes_in: whole(get('bytes_in')),
      user_agent: agent === undefined || agent.includes(' ') ? agent : decodeUri(agent),
      app: decodeUri(get('app') ?? ''),
      event_id: get('event_id'),
    };
    // `www.acme.example%3A443%2Fpath`: encoded so far that no host shows.
    if (url?.includes('%') && splitUrl(url).host === undefined) {
      const target = splitUrl(decodeUri(url));
      return { ...draft, host: host ?? target.host, port: target.port, path: target.path };
    }
    return draft;
  }
}

function actionOf(text: string | undefined): Action {
  if (/^(?:allow|caution|permit)/i.test(text ?? '')) return 'allowed';
  return /^(?:block|den|drop|quarantine)/i.test(text ?? '') ? 'blocked' : 'unknown';
}

/** `Mon Oct 16 22:55:48 2023` as a rule; feeds may have year, month ... second as fields of their own. */
function timeOf(get: (key: Key) => string | undefined, zone: string, modified: number): number | undefined {
  const [text = '', epoch = ''] = [get('time'), get('epoch')];
  const instant = parseCtime(text, zone) ?? parseTime(text, zone, modified) ?? parseEpoch(epoch);
  if (instant !== undefined) return instant;
  const part = (key: Key) => get(key)?.padStart(2, '0');
  return parseIso(
    `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`,
    zone,
  );
}

/** The documented order, when the row fits it; only the first columns where the later ones do not. */
function defaultNames(fields: readonly string[]): string[] | undefined {
  const [time = '', , , , action = ''] = fields;
  if (fields.length < 5 || actionOf(action) === 'unknown' || parseTime(time, 'UTC', 0) === undefined) return undefined;
  return [order, noTimes].find((names) => verbs.test(fields[names.indexOf('reqmethod')] ?? '')) ?? order.slice(0, 9);
}

/** 0 to 1: how surely records with these names are web logs of Zscaler. */
function surety(names: readonly string[], values: Values): number {
  if (/zscaler/i.test(String(values.get('vendor'))) || /nss/i.test(String(values.get('product'))))
    return isFeed(names) ? 0.97 : 0;
  if (!isFeed(names) || foreign.some((name) => names.includes(name))) return 0;
  return Math.min(0.95, 0.6 + 0.05 * countTelling(names));
}

function detect(sample: Sample): ReturnType<Format['detect']> {
  const why = 'the fields of a Zscaler NSS web feed';
  const records = sample.json.slice(0, 10);
  if (records.length > 0) {
    const sure = records.map((record) => {
      if (typeof record.sourcetype === 'string' && /zscaler/i.test(record.sourcetype))
        return /web/i.test(record.sourcetype) ? 0.99 : 0;
      const carried = unwrapSyslog(carriedText(record) ?? '').message;
      const object = carried.startsWith('{') ? (parseFeedObject(carried) ?? {}) : record;
      const values =
        carried !== '' && object === record ? pairsOf(carried) : folded(isObject(object.event) ? object.event : object);
      return surety([...values.keys()], values);
    });
    const confidence = (Math.max(...sure) * sure.filter((one) => one > 0).length) / sure.length;
    return confidence > 0 ? { confidence, why } : undefined;
  }
  if (share(sample.lines, (line) => /\b(?:CEF|LEEF):\d/.test(line)) > 0.5) return undefined;
  const [first = ''] = sample.lines;
  const header = splitCsv(first, sniffDelimiter(first))?.map(Columns.fold) ?? [];
  if (isFeed(header)) return { confidence: surety(header, new Map()), why: `a header with ${why}` };
  const rows = share(sample.lines, (line) => plainUrl(line) !== undefined || isDefaultRow(line));
  if (rows > 0) return { confidence: 0.95 * rows, why: 'rows in the documented field order of the NSS web feed' };
  const pairs = sample.lines.slice(0, 10).map((line) => {
    const values = pairsOf(unwrapSyslog(line).message);
    return surety([...values.keys()], values);
  });
  const confidence = Math.max(0, ...pairs);
  return confidence > 0
    ? { confidence: (confidence * pairs.filter((sure) => sure > 0).length) / pairs.length, why }
    : undefined;
}

function isDefaultRow(line: string): boolean {
  const text = unwrapSyslog(line).message;
  const fields = splitCsv(text, sniffDelimiter(text));
  return (
    fields !== undefined &&
    fields.length >= 9 &&
    /^[A-Z][a-z]{2} [A-Z]/.test(fields[0] ?? '') &&
    defaultNames(fields) !== undefined
  );
}

/** Zscaler Internet Access web logs as NSS or cloud NSS feeds them: JSON, CSV or tab-separated with or without header, key=value. */
export const format: Format = {
  title: 'Zscaler NSS web log',
  kinds: ['web'],
  framing: 'json',
  detect,
  open,
};
