import { parseDayMonth, parseIso, parseTime, wallClock } from '../../core/time.js';

export type DayOrder = 'dmy' | 'mdy';

const numeric = /^(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)/;

/**
 * Whether day or month comes first in numeric dates: a part above 12 decides; else the separator (nobody writes a month
 * first before dots); else AM/PM; else `fallback`.
 */
export function dayOrder(values: readonly string[], fallback: DayOrder): DayOrder {
  let [dmy, mdy] = [0, 0];
  let hint: DayOrder | undefined;
  for (const value of values) {
    const m = numeric.exec(value.trim());
    if (!m) continue;
    if (Number(m[1]) > 12) dmy++;
    else if (Number(m[3]) > 12) mdy++;
    else if (m[2] === '.') hint = 'dmy';
    else if (/\d\s*[ap]\.?m\.?$/i.test(value.trim())) hint ??= 'mdy';
  }
  if (dmy !== mdy) return dmy > mdy ? 'dmy' : 'mdy';
  return hint ?? fallback;
}

/** First letters of month names without accents: English, German, French, Spanish, Italian, Portuguese, Dutch, Scandinavian. */
const monthNames: readonly (readonly string[])[] = [
  ['jan', 'ene', 'gen'],
  ['feb', 'fev'],
  ['mar', 'mrz', 'maa'],
  ['apr', 'avr', 'abr'],
  ['may', 'mai', 'mei', 'mag', 'maj'],
  ['jun', 'juin', 'giu'],
  ['jul', 'juil', 'lug'],
  ['aug', 'aou', 'ago'],
  ['sep', 'set'],
  ['oct', 'okt', 'ott', 'out'],
  ['nov'],
  ['dec', 'dez', 'dic', 'des'],
];

function monthNumber(name: string): number {
  const folded = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return monthNames.findIndex((starts) => starts.some((start) => folded.startsWith(start))) + 1;
}

const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap])?/i;

/** `03-Jan-2018`, `3. Januar 2018`, `Jan 3, 2018`, each with a clock time or without. */
function parseNamed(text: string, zone: string): number | undefined {
  const m =
    /^(?:(\d{1,2})(?:st|nd|rd|th|er)?[\s./-]{1,3})?(?:de )?(\p{L}{3,12})\.?(?:[\s/-]{1,3}|, ?)(?:de )?(?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4}|\d{2})(?!\d),?\s*(.{0,20})$/u.exec(
      text.replace(/^\p{L}{2,10}, ?/u, ''),
    );
  if (!m) return undefined;
  const month = monthNumber(m[2] ?? '');
  const day = Number(m[1] ?? m[3] ?? 0);
  const year = Number(m[4]) + (m[4]?.length === 2 ? 2000 : 0);
  if (month === 0 || day === 0 || (m[1] !== undefined && m[3] !== undefined)) return undefined;
  const t = clock.exec(m[5] ?? '');
  const hour = Number(t?.[1] ?? 0);
  const twelve = t?.[4] === undefined ? hour : (hour % 12) + (/p/i.test(t[4]) ? 12 : 0);
  return wallClock([year, month, day, twelve, Number(t?.[2] ?? 0), Number(t?.[3] ?? 0), 0], zone);
}

/** A date as people and spreadsheets write it, with a clock time or without; a bare number is a spreadsheet's day count. */
export function parseDate(raw: string, order: DayOrder, zone: string, before: number): number | undefined {
  const text = raw.trim();
  if (text === '' || text.length > 60) return undefined;
  const compact = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})Z?)?$/.exec(text);
  if (compact) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = compact
      .slice(1)
      .map((n) => Number(n ?? 0));
    const instant = wallClock([year, month, day, hour, minute, second, 0], zone);
    if (instant !== undefined && year >= 1990) return instant;
  }
  const serial = /^[345]\d{4}(?:\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
  if (serial !== undefined) {
    const wall = new Date(Date.UTC(1899, 11, 30) + Math.round(serial * 86_400) * 1000);
    return wallClock(
      [
        wall.getUTCFullYear(),
        wall.getUTCMonth() + 1,
        wall.getUTCDate(),
        wall.getUTCHours(),
        wall.getUTCMinutes(),
        wall.getUTCSeconds(),
        0,
      ],
      zone,
    );
  }
  return (
    parseIso(text, zone) ??
    parseIso(text.replace(/^(\d{4})[.年] ?(\d{1,2})[.月] ?(\d{1,2})[.日]?/u, '$1-$2-$3'), zone) ??
    parseDayMonth(text, order, zone) ??
    parseDayMonth(text, order === 'mdy' ? 'dmy' : 'mdy', zone) ??
    parseNamed(text, zone) ??
    (/^\d{1,8}$/.test(text) ? undefined : parseTime(text, zone, before, order))
  );
}
