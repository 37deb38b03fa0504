import { count, number } from '../../../inventory/words.js';
import type { TableBlock, Tone } from '../../blocks/block.js';

// Words that every writer says the same way.

/** What a reader of a cut table is told. */
export const moreRows = ({ more }: Pick<TableBlock, 'more'>): string =>
  more === 0 ? '' : `${count(more, 'more row')} not shown.`;

/**
 * What a bar was in the period before: as a number where it is small, and else as the change, since a document has no words for it
 * (12 GB are 12000000000).
 */
export function beforeWords(value: number, before: number | undefined): string {
  if (before === undefined) return '';
  if (before < 100_000) return `${plain(before)} before`;
  const change = Math.round(((value - before) / before) * 100);
  return change === 0 ? 'as before' : `${change > 0 ? '+' : '\u2212'}${number(Math.abs(change))} % since`;
}

const plain = (value: number): string =>
  Number.isInteger(value) ? number(value) : String(Math.round(value * 100) / 100);

/** A mark in front of text where no colour tells the tone. */
export const toneMark: Readonly<Record<Tone, string>> = {
  good: '',
  neutral: '',
  warning: 'Note: ',
  bad: 'Important: ',
};

/** The longest of some bars, and never nothing, so that lengths can be divided by it. */
export const longest = (bars: readonly { value: number; before?: number | undefined }[]): number =>
  Math.max(Number.MIN_VALUE, ...bars.flatMap(({ value, before }) => [value, before ?? 0]));

export const aboutTitle = 'About this report';
