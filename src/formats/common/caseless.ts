import { isObject, type JsonObject, parseObject } from '../../core/json.js';
import { known } from '../../core/text.js';

/** An own value whose key equals `key` without regard to case; the exact spelling is tried first. */
function own(object: JsonObject, key: string): unknown {
  if (Object.hasOwn(object, key)) return object[key];
  const wanted = key.toLowerCase();
  for (const name of Object.keys(object)) {
    if (name.length === key.length && name.toLowerCase() === wanted) return object[name];
  }
  return undefined;
}

/** The value at `status.errorCode`, each step found without regard to case; text that holds a JSON object is stepped into. */
export function caselessAt(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path.split('.')) {
    if (typeof current === 'string') current = current.trimStart().startsWith('{') ? parseObject(current) : undefined;
    if (Array.isArray(current)) current = /^\d{1,4}$/.test(step) ? (current as unknown[])[Number(step)] : undefined;
    else if (isObject(current)) current = own(current, step);
    else return undefined;
  }
  return current;
}

/** The first of the paths that holds text or a number, trimmed; what means missing (empty, `-`, `null`) is passed over. */
export function caselessText(value: unknown, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = caselessAt(value, path);
    if (typeof found === 'number' && Number.isFinite(found)) return String(found);
    const text = typeof found === 'string' ? known(found) : undefined;
    if (text !== undefined && text.toLowerCase() !== 'null') return text;
  }
  return undefined;
}

/** The objects of a list; a single object counts as a list of one, text that holds JSON is read. */
export function objectsOf(value: unknown): JsonObject[] {
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value);
      return typeof parsed === 'string' ? [] : objectsOf(parsed);
    } catch {
      return [];
    }
  }
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}
