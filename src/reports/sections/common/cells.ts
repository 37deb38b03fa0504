import { plainLine } from '../../../alerts/common/plain.js';
import { count, number } from '../../../inventory/words.js';
import type { Block, Cell, Column, Tone } from '../../blocks/block.js';
import type { Audience, PeriodFacts, Used } from '../../periodic/facts.js';

/** Below this a number of people is not told to a manager. */
const least = 5;
const longest = 200;

/** Text of a log, a register or the catalog as one bounded line without invisible characters; writers escape it. */
export const said = (text: string, most = longest): string => plainLine(text, most);

export const text = (value: string, tone?: Tone): Cell => ({ text: said(value), tone });
export const counted = (value: number): Cell => ({ text: number(value), value });

/** More or fewer than before: `+3`, `-2`, `same`. */
export const change = (now: number, before: number): string =>
  now === before ? 'same' : `${now > before ? '+' : '\u2212'}${number(Math.abs(now - before))}`;

/** How many people, as this audience may know: `12`, `12 + 3 others` (actors that are nobody known), `fewer than 5`. */
export function people({ role }: Audience, used: Pick<Used, 'people' | 'actors'>): Cell {
  if (role === 'manager') {
    if (used.people === 0) return { text: '0', value: 0 };
    return used.people < least ? { text: 'fewer than 5', value: '' } : counted(used.people);
  }
  const others = used.actors - used.people;
  if (others <= 0) return counted(used.people);
  return { text: `${number(used.people)} + ${count(others, 'other')}`, value: used.people };
}

/** A day of a service; to a manager only where enough people share it. */
export const dayCell = ({ role }: Audience, day: string | undefined, used: Pick<Used, 'people'>): Cell =>
  text(role === 'manager' && used.people < least ? '' : (day ?? ''));

export const column = (key: string, title: string, align: Column['align'] = 'start', weight = 1): Column => ({
  key,
  title,
  align,
  weight,
});

/** More rows than any report has use for are left out of the document, too. */
const mostRows = 25_000;

/** A table of which at most so many rows are shown; what is left out is counted. */
export function table(
  id: string,
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { most = 50, empty }: { most?: number; empty: string },
): Block {
  return {
    kind: 'table',
    id,
    caption,
    columns,
    rows: rows.slice(0, mostRows),
    ...(rows.length > most && { shown: most }),
    more: Math.max(0, rows.length - mostRows),
    empty,
  };
}

/** The heading of a section. Tables have the plain ids: they name the files of CSV. */
export const heading = (section: string, words: string): Block => ({
  kind: 'heading',
  id: `section-${section}`,
  level: 2,
  text: words,
});
export const paragraph = (words: string, tone: Tone = 'neutral'): Block => ({ kind: 'text', text: words, tone });

export const isManager = ({ audience }: PeriodFacts): boolean => audience.role === 'manager';

/** Services that were used, and not only tried. */
export const inUse = (used: Pick<Used, 'events'>): boolean => used.events > 0;
