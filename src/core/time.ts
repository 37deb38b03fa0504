const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Whether the runtime knows the IANA zone (`UTC`, `Europe/Berlin`). */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>();
function zoneFormat(zone: string): Intl.DateTimeFormat {
  let format = zoneFormats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    if (zoneFormats.size > 1000) zoneFormats.clear();
    zoneFormats.set(zone, format);
  }
  return format;
}

/** Milliseconds to add to UTC to get the wall clock of `zone` at that instant. */
export function zoneOffset(instant: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of zoneFormat(zone).formatToParts(instant)) part[type] = Number(value);
  const wall = Date.UTC(
    part.year ?? 0,
    (part.month ?? 1) - 1,
    part.day ?? 1,
    part.hour ?? 0,
    part.minute ?? 0,
    part.second ?? 0,
  );
  return wall - Math.floor(instant / 1000) * 1000;
}

const dayCache = new Map<string, Map<number, string>>();
/** Calendar day of an instant in an IANA zone, `YYYY-MM-DD`. Cached by quarter of an hour: no zone changes its offset within one. */
export function dayOf(instant: number, zone: string): string {
  const quarter = Math.floor(instant / 900_000);
  let days = dayCache.get(zone);
  if (days === undefined) {
    days = new Map();
    dayCache.set(zone, days);
  }
  let day = days.get(quarter);
  if (day === undefined) {
    day = new Date(instant + zoneOffset(instant, zone)).toISOString().slice(0, 10);
    if (days.size > 100_000) days.clear();
    days.set(quarter, day);
  }
  return day;
}

/** First instant of a day (`YYYY-MM-DD`) in a zone; undefined if that is no date. */
export function dayStart(day: string, zone: string): number | undefined {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  return m ? wallClock([Number(m[1]), Number(m[2]), Number(m[3]), 0, 0, 0, 0], zone) : undefined;
}

/** RFC 3339 in UTC, milliseconds only where there are any. */
export const formatTime = (instant: number): string => {
  const text = new Date(instant).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
};

/** Year, month 1-12, day, hour, minute, second, millisecond. */
export type Wall = readonly [number, number, number, number, number, number, number];

/**
 * Instant of a wall clock time in a zone: an IANA name, or an offset such as `+02:00`, `-0700`, `Z`. Undefined when the
 * fields are out of range or there is no such zone (logs hold `-36:00`). A time that a clock change skips or repeats takes the offset before the change.
 */
export function wallClock([year, month, day, hour, minute, second, ms]: Wall, zone: string): number | undefined {
  const utc = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59), ms);
  const check = new Date(utc);
  if (!(year >= 1970 && year <= 9999) || check.getUTCMonth() !== month - 1 || check.getUTCDate() !== day)
    return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const offset = parseOffset(zone);
  if (offset !== undefined) return utc - offset;
  if (!zoneFormats.has(zone) && !isZone(zone)) return undefined;
  // A whole day away is on the other side of the change in every zone, and no zone changes twice within two.
  const first = utc - zoneOffset(utc - 86_400_000, zone);
  if (zoneOffset(first, zone) === utc - first) return first;
  const second2 = utc - zoneOffset(utc + 86_400_000, zone);
  return zoneOffset(second2, zone) === utc - second2 ? second2 : first;
}

/** Milliseconds of `Z`, `UTC`, `GMT`, `+hh`, `+hhmm`, `+hh:mm`; undefined for anything else. */
export function parseOffset(text: string): number | undefined {
  if (/^(z|utc|gmt)$/i.test(text)) return 0;
  const m = /^(?:gmt|utc)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(text);
  if (!m) return undefined;
  const minutes = Number(m[2]) * 60 + Number(m[3] ?? 0);
  return minutes > 18 * 60 ? undefined : (m[1] === '-' ? -1 : 1) * minutes * 60_000;
}

/** Zone to use for a value whose own zone text may be an offset, an IANA name, or nothing known. */
export function zoneOr(text: string | undefined, fallback: string): string {
  if (text === undefined || text === '') return fallback;
  return parseOffset(text) !== undefined || isZone(text) ? text : fallback;
}

/**
 * ISO 8601 / RFC 3339 and its loose relatives: `T` or blank, `-` or `/` in the date, seconds and fraction (`.` or `,`, any
 * length, cut to ms) optional, zone `Z`, `UTC`, `+hhmm`, `+hh:mm`; without one `zone` holds. A date alone is its first instant.
 */
export function parseIso(text: string, zone: string): number | undefined {
  const m =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:(?:[T ]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?\s*(z|utc|gmt|(?:gmt|utc)?[+-]\d{1,2}:?\d{0,2})?)?$/i.exec(
      text.trim(),
    );
  if (!m) return undefined;
  return wallClock(
    [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4] ?? 0), Number(m[5] ?? 0), Number(m[6] ?? 0), fraction(m[7])],
    m[8] ?? zone,
  );
}

/** Seconds, ms, us or ns since 1970, told apart by size; seconds may have a fraction. Numbers or text. */
export function parseEpoch(value: string | number): number | undefined {
  const text = typeof value === 'number' ? String(value) : value.trim();
  const m = /^(\d{1,19})(?:[.,](\d+))?$/.exec(text);
  if (!m?.[1]) return undefined;
  const digits = m[1].length;
  if (digits <= 11) return Number(m[1]) * 1000 + fraction(m[2]);
  if (digits <= 14) return Number(m[1]);
  return digits <= 17 ? Math.floor(Number(m[1]) / 1000) : Number(m[1].slice(0, -6));
}

/** Common log format: `10/Oct/2026:13:55:36 -0700` (zone optional, brackets allowed). */
export function parseClf(text: string, zone: string): number | undefined {
  const m =
    /^\[?(\d{1,2})\/([a-z]{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:\s+([+-]\d{4}|z|utc|gmt))?\]?$/i.exec(
      text.trim(),
    );
  if (!m) return undefined;
  return wallClock(
    [Number(m[3]), monthOf(m[2]), Number(m[1]), Number(m[4]), Number(m[5]), Number(m[6]), fraction(m[7])],
    m[8] ?? zone,
  );
}

/** RFC 3164 `Oct 11 22:14:15`, with year (`Oct 11 2026 22:14:15`) or without: then the nearest before `before` (a day of grace for clocks that differ). */
export function parseRfc3164(text: string, zone: string, before: number): number | undefined {
  const m = /^([a-z]{3})\s+(\d{1,2})\s+(?:(\d{4})\s+)?(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:\s+(\d{4}))?$/i.exec(
    text.trim(),
  );
  if (!m) return undefined;
  const at = (year: number) =>
    wallClock([year, monthOf(m[1]), Number(m[2]), Number(m[4]), Number(m[5]), Number(m[6]), fraction(m[7])], zone);
  const stated = m[3] ?? m[8];
  if (stated !== undefined) return at(Number(stated));
  const year = new Date(before).getUTCFullYear();
  // 29 February may lie up to eight years back.
  for (let y = year + 1; y >= year - 8; y--) {
    const instant = at(y);
    if (instant !== undefined && instant <= before + 86_400_000) return instant;
  }
  return undefined;
}

/** C `ctime`: `Mon Oct 16 22:55:48 2023`, a zone name before the year allowed; also `Mon, 16 Oct 2023 22:55:48 GMT` (RFC 1123). */
export function parseCtime(text: string, zone: string): number | undefined {
  const c =
    /^[a-z]{3},?\s+([a-z]{3})\s+(\d{1,2})\s+(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?\s+(?:([a-z]{3,4}|[+-]\d{4})\s+)?(\d{4})$/i.exec(
      text.trim(),
    );
  if (c)
    return wallClock(
      [Number(c[8]), monthOf(c[1]), Number(c[2]), Number(c[3]), Number(c[4]), Number(c[5]), fraction(c[6])],
      zoneOr(c[7], zone),
    );
  const r =
    /^(?:[a-z]{3},?\s+)?(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{4})\s+(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:\s*([a-z]{1,4}|[+-]\d{4}))?$/i.exec(
      text.trim(),
    );
  if (!r) return undefined;
  return wallClock(
    [Number(r[3]), monthOf(r[2]), Number(r[1]), Number(r[4]), Number(r[5]), Number(r[6]), fraction(r[7])],
    zoneOr(r[8], zone),
  );
}

/** Numeric dates with the year last: `3/12/2025 7:22:01 AM`, `12.03.2025 07:22`, `03/12/2025`. `order` says which of day and month comes first. */
export function parseDayMonth(text: string, order: 'dmy' | 'mdy', zone: string): number | undefined {
  const m =
    /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*([ap]\.?m\.?)?)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?$/i.exec(
      text.trim(),
    );
  if (!m) return undefined;
  const [a, b] = [Number(m[1]), Number(m[2])];
  const [day, month] = order === 'dmy' ? [a, b] : [b, a];
  const year = Number(m[3]) + (m[3]?.length === 2 ? 2000 : 0);
  let hour = Number(m[4] ?? 0);
  if (m[8] !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (/^p/i.test(m[8]) ? 12 : 0);
  }
  return wallClock([year, month, day, hour, Number(m[5] ?? 0), Number(m[6] ?? 0), fraction(m[7])], m[9] ?? zone);
}

/** `20260305` and `20260305101502`: as epochs they would be of 1970 and of the 27th century. */
function parseCompact(text: string, zone: string): number | undefined {
  const m = /^((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text);
  if (!m) return undefined;
  return wallClock(
    [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4] ?? 0), Number(m[5] ?? 0), Number(m[6] ?? 0), 0],
    zone,
  );
}

/** Any of the shapes above, for formats whose writer may choose. Ambiguous numeric dates are read month first unless `order` says otherwise. */
export function parseTime(
  value: string | number,
  zone: string,
  before: number,
  order: 'dmy' | 'mdy' = 'mdy',
): number | undefined {
  if (typeof value === 'number') return parseEpoch(value);
  const text = value.trim();
  return (
    parseCompact(text, zone) ??
    parseEpoch(text) ??
    parseIso(text, zone) ??
    parseClf(text, zone) ??
    parseRfc3164(text, zone, before) ??
    parseCtime(text, zone) ??
    parseDayMonth(text, order, zone) ??
    parseDayMonth(text, order === 'mdy' ? 'dmy' : 'mdy', zone)
  );
}

const monthOf = (name: string | undefined): number => months.indexOf((name ?? '').toLowerCase()) + 1;
const fraction = (digits: string | undefined): number =>
  digits === undefined ? 0 : Number(digits.slice(0, 3).padEnd(3, '0'));
