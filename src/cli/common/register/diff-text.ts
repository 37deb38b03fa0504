import { shortValue } from '../../../core/problem.js';
import type { InventoryEntry } from '../../../core/register.js';
import { safeLine } from '../../../core/terminal.js';
import type { FieldChange, InventoryDiff } from '../../../inventory/diff.js';

/** A difference of registers for people: `+` added, `~` changed with its fields, `-` removed, and the sums. */
export function diffText(diff: InventoryDiff): string {
  const lines = [
    ...diff.added.map((entry) => `+ ${entryLine(entry)}`),
    ...diff.changed.flatMap(({ entry, fields }) => [`~ ${entryLine(entry)}`, ...fields.map(changeLine)]),
    ...diff.removed.map((entry) => `- ${entryLine(entry)}`),
    `${diff.added.length} added, ${diff.changed.length} changed, ${diff.removed.length} removed, ${diff.same} the same`,
  ];
  return `${lines.join('\n')}\n`;
}

const entryLine = ({ id, name, status }: InventoryEntry): string =>
  `${safeLine(id)}  ${name === id ? '' : `${safeLine(shortValue(name))}  `}(${status})`;

/** `    status: approved -> denied` */
export const changeLine = ({ field, before, after }: FieldChange): string =>
  `    ${field}: ${shown(before)} -> ${shown(after)}`;

const shown = (value: string): string => (value === '' ? 'nothing' : safeLine(shortValue(value)));

/** The same for `--json`. */
export const diffJson = ({ added, changed, removed, same }: InventoryDiff): Record<string, unknown> => ({
  added: added.map(({ id }) => id),
  changed: changed.map(({ entry, fields }) => ({ id: entry.id, fields })),
  removed: removed.map(({ id }) => id),
  same,
});
