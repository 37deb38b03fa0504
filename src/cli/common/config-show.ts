import { displayPath, type Origin } from '../../config/read.js';
import { Secret } from '../../config/secret.js';
import { leavesOf, writtenValue } from '../../config/values.js';
import { safeLine } from '../../core/terminal.js';
import type { LoadedConfig } from './config.js';

/** A value that holds, and where it comes from. Secrets appear as `(set, from env X)` or `(missing, from env X)`. */
export interface ShownValue {
  key: string;
  value: unknown;
  secret: boolean;
  origin: Origin;
}

/** The effective configuration, value by value. */
export const shownValues = ({ config, originOf }: LoadedConfig): ShownValue[] =>
  [...leavesOf(config)].map(({ path, value }) => ({
    key: displayPath(path, config),
    value: writtenValue(path, value),
    secret: value instanceof Secret,
    origin: originOf(path),
  }));

/** As lines for people: key, value, origin in columns. */
export function showLines(values: readonly ShownValue[], file: string): string[] {
  const rows = values.map(({ key, value, secret, origin }) => [
    key,
    // Texts that could be taken for something else are quoted, as in YAML.
    secret || (typeof value === 'string' && /^[\w./:@-]+$/.test(value)) ? String(value) : JSON.stringify(value),
    describeOrigin(origin, file),
  ]);
  const width = (column: number) => Math.min(48, Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  const [first, second] = [width(0), width(1)];
  return rows.map(([key = '', value = '', origin = '']) =>
    safeLine(`${key.padEnd(first)}  ${value.padEnd(second)}  # ${origin}`),
  );
}

function describeOrigin(origin: Origin, file: string): string {
  if (origin.from === 'file') return `${file}:${origin.line}`;
  return origin.from === 'environment' ? `environment ${origin.name}` : 'default';
}
