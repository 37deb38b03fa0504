import { at, isObject, type JsonObject } from '../../core/json.js';
import { wellFormed } from '../../core/text.js';

// What is kept of the provider's records: the fields that are read, and of each no more than fits.

/** Format detection looks at the beginning of a chunk (64 KiB): the first record must fit into it. */
const longestRecord = 48_000;
/** Characters of one value, the most first. */
const lengths = [12_000, 1000, 200, 20] as const;
const mostItems = 100;

/** A record as one line of JSON. `make` is told how long its values may be, and asked again where the whole is too long. */
export function fittingLine(make: (most: number) => JsonObject): string {
  let line = '';
  for (const most of lengths) {
    line = JSON.stringify(make(most));
    if (Buffer.byteLength(line) <= longestRecord) break;
  }
  return line;
}

/** A text of the record, cut where it is too long; undefined where there is none. */
export function textOf(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return wellFormed(value.slice(0, most));
}

/** A text that fits, or undefined: half a name is another name. */
export function wholeText(value: unknown, most: number): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && value.length <= most
    ? wellFormed(value.trim())
    : undefined;
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, mostItems) : []);
export const objectsIn = (value: unknown): JsonObject[] => listOf(value).filter(isObject);

/** The values at these paths (`deviceDetail.displayName`) as an object of the same shape; what is not there is left out. */
export function pick(record: JsonObject, paths: readonly string[], most: number): JsonObject {
  const picked: JsonObject = {};
  for (const path of paths) {
    const found = at(record, path);
    const value =
      typeof found === 'string'
        ? textOf(found, most)
        : typeof found === 'number' || typeof found === 'boolean'
          ? found
          : Array.isArray(found)
            ? listOf(found)
                .flatMap((item) => textOf(item, Math.min(most, 100)) ?? [])
                .slice(0, 20)
            : undefined;
    if (value === undefined) continue;
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let inner = picked;
    for (const step of steps) {
      const next = isObject(inner[step]) ? inner[step] : {};
      inner[step] = next;
      inner = next;
    }
    inner[last] = value;
  }
  return picked;
}
