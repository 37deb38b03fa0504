import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { isObject, type JsonObject } from '../core/json.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { parseCtime, parseEpoch, parseTime, zoneOr } from '../core/time.js';
import { share } from './common/detect.js';
import {
  carriedText,
  everyFeed,
  feedNames,
  firstValue,
  folded,
  pairsOf,
  parseFeedObject,
  unescapedName,
  type Values,
} from './common/zscaler-web.js';

// "NSS Feed Output Format: DNS Logs" (help.zscaler.com), and the names of the templates for Splunk, QRadar and cloud NSS.
// The customer writes the names; case, blanks, `_`, `-` and `.` do not count.
const names = {
  ...everyFeed,
  src_ip: feedNames(['cltsip', 'cip', 'clientip', 'csip', 'srcip', 'src']),
  dst_ip: feedNames(['srvdip', 'sip', 'serverip', 'srvip', 'dstip', 'dst']),
  port: feedNames(['srvdport', 'sport', 'serverport', 'dstport']),
  host: feedNames(['dnsreq', 'req', 'dnsrequest', 'request', 'requesteddomain', 'domain', 'query']),
  asked: feedNames(['reqaction', 'requestaction', 'dnsrequestaction']),
  answered: feedNames(['resaction', 'responseaction', 'dnsresponseaction', 'respaction']),
} as const;

/** The documented CSV order, which has no header. */
const order =
  'time login dept location reqaction resaction reqrulelabel resrulelabel reqtype req res sport durationms cip sip domcat respipcat deviceowner devicehostname'.split(
    ' ',
  );
const verdicts = /^(?:re[qs]_[a-z_]{2,24}|allow(?:ed)?|block(?:ed)?|none|na)$/i;

const has = (values: Values, key: keyof typeof names): boolean => names[key].some(({ name }) => values.has(name));
/** Whether field names are those of a DNS feed: what was asked, and a verdict on it or on the answer. */
const isDnsFeed = (values: Values): boolean =>
  has(values, 'host') &&
  (has(values, 'asked') || has(values, 'answered')) &&
  (has(values, 'src_ip') || has(values, 'user') || has(values, 'epoch'));

function actionOf(values: Values): Action {
  const words = [firstValue(values, names.asked), firstValue(values, names.answered)];
  if (words.some((word) => /^(?:re[qs]_)?(?:block|den|drop)/i.test(word ?? ''))) return 'blocked';
  // A redirect sends the query, or the user, elsewhere: what came of it is not said.
  if (words.some((word) => /redir/i.test(word ?? ''))) return 'unknown';
  return words.some((word) => /^(?:re[qs]_)?allow/i.test(word ?? '')) ? 'allowed' : 'unknown';
}

/** Fields of a JSON record, under `event` where the feed is one for Splunk. */
function valuesOf(record: JsonObject): Values {
  const inner = record.event;
  if (typeof inner === 'string') {
    const text = inner.trim();
    return text.startsWith('{') ? folded(parseFeedObject(text) ?? {}) : pairsOf(text);
  }
  return folded(isObject(inner) ? inner : record);
}

function open({ zone, modified }: FormatContext): Reader {
  let header: { names: string[]; delimiter: string } | undefined;
  return {
    state: () => JSON.stringify(header ?? null),
    read(text) {
      const { message, time } = unwrapSyslog(text);
      const outcome = readMessage(message);
      if ('kind' in outcome) outcome.time ??= time?.(zone, modified);
      return outcome;
    },
  };

  function readMessage(text: string): Outcome {
    if (text.startsWith('{')) return json(text);
    if (!text.trimStart().startsWith('"')) {
      const pairs = pairsOf(text);
      if (isDnsFeed(pairs)) return event(pairs);
    }
    const delimiter = header?.delimiter ?? sniffDelimiter(text);
    const fields = splitCsv(text, delimiter);
    if (fields === undefined) return reject('a quote is not closed');
    // A row holds a time, and so a colon; names do not.
    if (!text.includes(':')) {
      const columns = fields.map(Columns.fold);
      if (isDnsFeed(new Map(columns.map((name) => [name, name])))) {
        header = { names: columns, delimiter };
        return skip('header line');
      }
    }
    const columns = header?.names ?? (isDefaultRow(fields) ? order : undefined);
    if (columns === undefined) return reject('no header, and not the documented order of fields');
    return event(new Map(columns.map((name, i) => [name, fields[i]])));
  }

  function json(text: string): Outcome {
    const record = parseFeedObject(text);
    if (record === undefined) return reject('broken JSON');
    const { sourcetype } = record;
    if (typeof sourcetype === 'string' && /zscaler/i.test(sourcetype) && !/dns/i.test(sourcetype))
      return skip('another Zscaler log');
    const values = valuesOf(record);
    if (isDnsFeed(values)) return event(values);
    const carried = carriedText(record);
    if (carried === undefined) return event(values);
    const line = unwrapSyslog(carried).message;
    return event(line.startsWith('{') ? valuesOf(parseFeedObject(line) ?? {}) : pairsOf(line));
  }

  function event(values: Values): Outcome {
    const host = firstValue(values, names.host);
    if (host === undefined)
      return has(values, 'asked') || has(values, 'answered')
        ? reject('no domain that was asked for')
        : reject('no fields of a DNS feed');
    const stamp = firstValue(values, names.time) ?? '';
    const own = zoneOr(firstValue(values, names.zone), zone);
    return {
      kind: 'dns',
      action: actionOf(values),
      time:
        parseCtime(stamp, own) ?? parseTime(stamp, own, modified) ?? parseEpoch(firstValue(values, names.epoch) ?? ''),
      user: unescapedName(firstValue(values, names.user)),
      device: firstValue(values, names.device),
      src_ip: firstValue(values, names.src_ip),
      dst_ip: firstValue(values, names.dst_ip),
      port: whole(firstValue(values, names.port)),
      host,
      event_id: firstValue(values, names.event_id),
    };
  }
}

function isDefaultRow(fields: readonly string[]): boolean {
  const [time = '', , , , asked = '', answered = ''] = fields;
  return (
    fields.length >= 12 && verdicts.test(asked) && verdicts.test(answered) && parseTime(time, 'UTC', 0) !== undefined
  );
}

/** Zscaler Internet Access DNS logs as NSS or cloud NSS feeds them: JSON, CSV with or without header, key=value. */
export const format: Format = {
  title: 'Zscaler NSS DNS log',
  kinds: ['dns'],
  framing: 'json',
  detect(sample) {
    const why = 'the fields of a Zscaler NSS DNS feed';
    if (sample.json.length > 0) {
      const fitting = sample.json.filter((record) => {
        if (typeof record.sourcetype === 'string' && /zscaler/i.test(record.sourcetype))
          return /dns/i.test(record.sourcetype);
        const carried = unwrapSyslog(carriedText(record) ?? '').message;
        return isDnsFeed(
          carried === '' || isDnsFeed(valuesOf(record))
            ? valuesOf(record)
            : carried.startsWith('{')
              ? valuesOf(parseFeedObject(carried) ?? {})
              : pairsOf(carried),
        );
      }).length;
      return fitting === 0 ? undefined : { confidence: (0.96 * fitting) / sample.json.length, why };
    }
    const fitting = share(sample.lines.slice(0, 10), (line) => {
      const text = unwrapSyslog(line).message;
      if (/\b(?:CEF|LEEF):\d/.test(text)) return false;
      const fields = splitCsv(text, sniffDelimiter(text)) ?? [];
      return (
        isDefaultRow(fields) ||
        isDnsFeed(new Map(fields.map((name) => [Columns.fold(name), name]))) ||
        isDnsFeed(pairsOf(text))
      );
    });
    const [first = ''] = sample.lines;
    const names0 = (splitCsv(first, sniffDelimiter(first)) ?? []).map((name) => [Columns.fold(name), name] as const);
    if (isDnsFeed(new Map(names0))) return { confidence: 0.95, why: `a header with ${why}` };
    return fitting === 0 ? undefined : { confidence: 0.95 * fitting, why };
  },
  open,
};
