import { safeLine } from '../../../core/terminal.js';
import { visible } from '../../html/markup.js';
import { columnsOf, wrap } from '../../text-width.js';

/** What is invisible is shown in all formats of the report; what a terminal obeys is in that, and checked by its own rule all the same. */
export const line = (text: string): string => safeLine(visible(text));

/** Items whose later lines stand under the first, behind what is before it. */
export function hanging(items: readonly (readonly [before: string, text: string])[], width: number): string[] {
  return items.flatMap(([before, text]) => {
    const indent = Math.min(columnsOf(before), 20);
    if (columnsOf(before) > 20) return [...wrap(before, width), ...wrap(text, width - 4).map((one) => `    ${one}`)];
    const [first = '', ...rest] = wrap(text, width - indent);
    return [before + first, ...rest.map((one) => ' '.repeat(indent) + one)];
  });
}
