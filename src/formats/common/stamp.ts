import { parseTime, type Wall, wallClock, zoneOr } from '../../core/time.js';

/** Zone abbreviations with one common meaning, which Intl does not know. */
const abbreviations: Readonly<Record<string, string>> = {
  EDT: '-04:00',
  CST: '-06:00',
  CDT: '-05:00',
  MDT: '-06:00',
  PST: '-08:00',
  PDT: '-07:00',
  BST: '+01:00',
  CEST: '+02:00',
  EEST: '+03:00',
  WEST: '+01:00',
  MSK: '+03:00',
  IST: '+05:30',
  SGT: '+08:00',
  HKT: '+08:00',
  JST: '+09:00',
  AEST: '+10:00',
  AEDT: '+11:00',
};

const zoneNamed = (name: string | undefined, fallback: string): string =>
  zoneOr(name === undefined ? undefined : (abbreviations[name.toUpperCase()] ?? name), fallback);

/** Any shape that `parseTime` knows, and those with a zone behind it: `Nov 22 2026 10:00:00.123 CET`. */
export function parseStamp(text: string, zone: string, before: number): number | undefined {
  const stamp = text.trim().slice(0, 64);
  const direct = parseTime(stamp, zone, before);
  if (direct !== undefined) return direct;
  const blank = stamp.lastIndexOf(' ');
  const last = stamp.slice(blank + 1);
  if (blank < 0 || !/^(?:[A-Za-z]{1,5}|(?:GMT|UTC)?[+-]\d{1,2}:?(?:\d{2})?|[A-Za-z_]+\/[A-Za-z_/]+)$/.test(last))
    return undefined;
  return parseTime(stamp.slice(0, blank).trim(), zoneNamed(last, zone), before);
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A time by a pattern of Java's SimpleDateFormat (`MMM dd yyyy HH:mm:ss.SSS z`), as LEEF's devTimeFormat states it. Undefined
 * when the text does not fit or the pattern lacks a year, month or day.
 */
export function parseJavaTime(text: string, pattern: string, zone: string): number | undefined {
  let rest = text.trim();
  const wall: Record<'y' | 'M' | 'd' | 'H' | 'm' | 's' | 'S', number> = { y: -1, M: -1, d: -1, H: 0, m: 0, s: 0, S: 0 };
  let [afternoon, twelve] = [false, false];
  let stated: string | undefined;
  const take = (expression: RegExp): string | undefined => {
    const found = expression.exec(rest)?.[0];
    if (found !== undefined) rest = rest.slice(found.length);
    return found;
  };
  for (const [part] of pattern.slice(0, 100).matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']/g)) {
    const letter = part[0] ?? '';
    let found: string | undefined;
    if (letter === 'M' && part.length >= 3) {
      found = take(/^[A-Za-z]{3,9}\.?/);
      wall.M = monthNames.indexOf((found ?? '').slice(0, 3).toLowerCase()) + 1;
    } else if ('yMdHhkKmsS'.includes(letter)) {
      found = take(part.length > 1 && letter !== 'S' ? new RegExp(`^\\d{1,${part.length}}`) : /^\d{1,9}/);
      if (letter === 'S') wall.S = Number((found ?? '').slice(0, 3).padEnd(part.length < 3 ? 1 : 3, '0'));
      else if (letter === 'y') wall.y = Number(found) + (part.length === 2 ? 2000 : 0);
      else if ('hKk'.includes(letter)) {
        twelve = letter !== 'k';
        wall.H = Number(found) % (letter === 'k' ? 24 : 12);
      } else wall[letter as 'M' | 'd' | 'H' | 'm' | 's'] = Number(found);
    } else if (letter === 'a') {
      found = take(/^[ap]\.?m\.?/i);
      afternoon = /^p/i.test(found ?? '');
    } else if ('zZX'.includes(letter)) {
      found = take(/^(?:[A-Za-z]+\/[A-Za-z_/]+|(?:GMT|UTC)?[+-]\d{1,2}:?(?:\d{2})?|[A-Za-z]{1,5})/);
      stated = found;
    } else if (letter === 'E') found = take(/^[A-Za-z]{2,9}\.?/);
    else {
      const literal = letter === "'" ? part.slice(1, -1) || "'" : part;
      found = take(literal === ' ' ? /^ +/ : /^(?!)/);
      if (literal !== ' ' && rest.startsWith(literal)) {
        rest = rest.slice(literal.length);
        found = literal;
      }
    }
    if (found === undefined) return undefined;
  }
  if (rest.trim() !== '' || wall.y < 0 || wall.M < 1 || wall.d < 0) return undefined;
  const hour = wall.H + (twelve && afternoon ? 12 : 0);
  const fields: Wall = [wall.y, wall.M, wall.d, hour, wall.m, wall.s, wall.S];
  return wallClock(fields, zoneNamed(stated, zone));
}
