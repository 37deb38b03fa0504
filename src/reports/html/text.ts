import { formatTime, isZone, zoneOffset } from '../../core/time.js';
import { minorUnits } from '../../formats/common/money.js';
import { number } from '../../inventory/words.js';
import { html, type Markup } from './markup.js';

/** Texts longer than this are cut; what was cut of a longer one is in its title, up to `titleLength`. */
const titleLength = 2000;

/** `text`, cut to `length` characters with the whole in the title; set apart, so that its direction of writing cannot turn its surroundings. */
export const short = (text: string, length = 160): Markup =>
  isolated(slice(text, length), text.length > length ? text : '');

const isolated = (shown: string, whole: string): Markup =>
  whole === '' ? html`<bdi>${shown}</bdi>` : html`<bdi title="${slice(whole, titleLength)}">${shown}</bdi>`;

/** The first `length` characters, with an ellipsis when there are more; never half of a character. */
export function slice(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text[length - 1] ?? '') ? length - 1 : length;
  return `${text.slice(0, end)}…`;
}

/** The end of a path says more than its beginning. */
export function shortPath(path: string, length = 80): Markup {
  const start = path.length - length;
  if (start <= 0) return isolated(path, '');
  // Never half of a character.
  return isolated(`…${path.slice(/[\udc00-\udfff]/.test(path[start] ?? '') ? start + 1 : start)}`, path);
}

/** Where a record is: file and line. */
export const place = (file: string, line: number): Markup => html`<code>${shortPath(file)}:${String(line)}</code>`;

/** A number that may have a fraction, as in risk points: `-4`, `2.5`. */
export const points = (value: number): string =>
  (Math.round(value * 10) / 10).toLocaleString('en-US').replace('-', '\u2212');

/** `12.5 %`; a share that is not all or nothing is never shown as such. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '\u2013';
  const percent = (part / whole) * 100;
  const rounded = percent < 10 || (percent > 99 && percent < 100) ? Math.round(percent * 10) / 10 : Math.round(percent);
  if (part > 0 && rounded === 0) return '< 0.1 %';
  return part < whole && rounded === 100 ? '> 99.9 %' : `${rounded} %`;
}

/** Minor units as an amount: `EUR 1,234.50`. */
export function money(currency: string, minor: number): string {
  // One unit in minor units tells the digits.
  const unit = minorUnits('1', currency, '.') ?? 100;
  const digits = String(unit).length - 1;
  const rest = digits === 0 ? '' : `.${String(Math.abs(minor) % unit).padStart(digits, '0')}`;
  return `${currency} ${minor < 0 ? '\u2212' : ''}${number(Math.floor(Math.abs(minor) / unit))}${rest}`;
}

/** Days and times in the zone of the organisation. */
export interface Clock {
  readonly zone: string;
  /** `2026-10-03` */
  day(instant: string | null): Markup;
  /** `2026-10-03 14:05:09` with the exact instant in the title. */
  time(instant: string | null): Markup;
}

export function clockOf(zone: string): Clock {
  const known = isZone(zone) ? zone : 'UTC';
  /** Undefined: beyond these years it is no time of a log, and dates cannot be reckoned with. */
  const wall = (instant: string): string | undefined => {
    const at = /^\d{4}-\d\d-\d\dT/.test(instant) ? Date.parse(instant) : Number.NaN;
    if (!(at >= 0 && at < 250_000_000_000_000)) return undefined;
    return formatTime(at + zoneOffset(at, known))
      .slice(0, 19)
      .replace('T', ' ');
  };
  const unknown = html`<span class="muted">no time</span>`;
  // Times never wrap; what is none does.
  const odd = (instant: string): Markup => html`<span>${short(instant, 19)}</span>`;
  return {
    zone: known,
    day: (instant) => {
      if (instant === null) return unknown;
      const shown = wall(instant);
      return shown === undefined ? odd(instant) : html`<time>${shown.slice(0, 10)}</time>`;
    },
    time: (instant) => {
      if (instant === null) return unknown;
      const shown = wall(instant);
      return shown === undefined ? odd(instant) : html`<time title="${slice(instant, 40)}">${shown}</time>`;
    },
  };
}
