import { parseIso, parseRfc3164 } from './time.js';

/** A record taken out of its syslog header. */
export interface Unwrapped {
  /** The message: the whole text where there is no header. */
  message: string;
  /** True when a header was there. */
  wrapped: boolean;
  /** Host of the header: the sending device. */
  host?: string;
  /** Tag or APP-NAME. */
  app?: string;
  /** Instant of the header; `zone` holds where it states none, and a missing year is the nearest before `before`. */
  time?(zone: string, before: number): number | undefined;
}

const priority = /^(?:\d{1,7} (?=<))?<\d{1,3}>/;
const rfc5424 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) ?/;
const rfc3164Time = /^([A-Z][a-z]{2} +\d{1,2} (?:\d{4} )?\d{2}:\d{2}:\d{2}(?:\.\d+)?(?: \d{4}(?= ))?):? +/;
const isoTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?) +/;
const tag = /^([A-Za-z(][\w()./-]{0,63})(?:\[[^\]\s]{0,32}\])?: +/;

/**
 * Takes off a syslog header: RFC 5424, RFC 3164, the ISO-stamped variant of rsyslog, each with or without `<PRI>`, and a bare
 * `<PRI>`. Text that merely begins with a date (W3C logs) is left alone. Source: RFC 5424 section 6, RFC 3164 section 4.
 */
export function unwrapSyslog(text: string): Unwrapped {
  const pri = priority.exec(text);
  const rest = pri ? text.slice(pri[0].length) : text;
  // A collector that writes files often drops the priority.
  if (pri || /^1 \d{4}-\d\d-\d\dT/.test(rest)) {
    const m = rfc5424.exec(rest);
    if (m) return unwrap5424(rest.slice(m[0].length), m);
  }
  for (const [pattern, parse] of [
    [rfc3164Time, parseRfc3164],
    [isoTime, parseIso],
  ] as const) {
    const stamp = pattern.exec(rest);
    if (stamp?.[1] === undefined) continue;
    const raw = stamp[1];
    const body = takeHostAndTag(rest.slice(stamp[0].length));
    return { ...body, wrapped: true, time: (zone, before) => parse(raw, zone, before) };
  }
  return { message: rest, wrapped: pri !== null };
}

function unwrap5424(body: string, m: RegExpExecArray): Unwrapped {
  let message = body;
  if (message.startsWith('- ')) message = message.slice(2);
  else if (message === '-') message = '';
  else if (message.startsWith('[')) {
    const end = structuredDataEnd(message);
    // Some products put the whole event into structured data (Check Point): then it is the message.
    if (end < message.length) message = message.slice(end).trimStart();
  }
  const result: Unwrapped = {
    message: message.replace(/^\uFEFF/, ''),
    wrapped: true,
    time: (zone) => parseIso(m[1] ?? '', zone),
  };
  if (m[2] !== undefined && m[2] !== '-') result.host = m[2];
  if (m[3] !== undefined && m[3] !== '-') result.app = m[3];
  return result;
}

function structuredDataEnd(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (c === ']' && !quoted && text[i + 1] !== '[') return i + 1;
  }
  return text.length;
}

function takeHostAndTag(text: string): Pick<Unwrapped, 'message' | 'host' | 'app'> {
  const first = tag.exec(text);
  if (first?.[1] !== undefined && !/^(CEF|LEEF)$/.test(first[1]))
    return { message: text.slice(first[0].length), app: first[1] };
  const host = /^(?!\d{4}-\d\d-\d\d |\d+(?:\.\d*)? )([\w.:%-]+) +/.exec(text);
  // `key=value`, a CSV record, a date or a number straight after the time: there is no host.
  if (!host?.[1]) return { message: text };
  const after = text.slice(host[0].length);
  const second = tag.exec(after);
  if (second?.[1] !== undefined && !/^(CEF|LEEF)$/.test(second[1]))
    return { message: after.slice(second[0].length), host: host[1], app: second[1] };
  return { message: after, host: host[1] };
}
