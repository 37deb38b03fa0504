import { configKeys } from './keys.js';
import type { Config } from './schema.js';
import { type Path, Secret } from './secret.js';
import { formatDuration, formatSize } from './units.js';

/** A single value of a configuration. */
export interface Leaf {
  path: Path;
  value: unknown;
}

/** The single values of a configuration in the order of its keys: texts, numbers, secrets, lists of those. Without what is not set. */
export function* leavesOf(config: Config): Generator<Leaf> {
  const order = ['organisation', ...configKeys().map(({ name }) => name)];
  for (const name of Object.keys(config).toSorted((a, b) => order.indexOf(a) - order.indexOf(b)))
    yield* leaves((config as Record<string, unknown>)[name], [name]);
}

function* leaves(value: unknown, path: Path): Generator<Leaf> {
  const items = Array.isArray(value) ? value : undefined;
  if (value === undefined) return;
  if (items?.some((item) => typeof item === 'object' && item !== null))
    for (const [index, item] of items.entries()) yield* leaves(item, [...path, index]);
  else if (typeof value === 'object' && value !== null && !(value instanceof Secret) && items === undefined)
    for (const [key, item] of Object.entries(value)) yield* leaves(item, [...path, key]);
  else yield { path, value };
}

let units: Map<string, 'ms' | 'bytes'> | undefined;

/** A value as it would be written in the file; of a secret its place and whether it is there. */
export function writtenValue(path: Path, value: unknown): unknown {
  units ??= new Map(configKeys().flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit] as const])));
  if (value instanceof Secret) return value.toString();
  const name = path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[]` : text === '' ? part : `${text}.${part}`),
    '',
  );
  const unit = typeof value === 'number' ? units.get(name) : undefined;
  if (unit === undefined) return value;
  return unit === 'ms' ? formatDuration(Number(value)) : formatSize(Number(value));
}

/** Whether two parts of configurations say the same; secrets by their values too. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Secret || b instanceof Secret) return a instanceof Secret && b instanceof Secret && a.equals(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameValue(Reflect.get(a, key), Reflect.get(b, key)));
}
