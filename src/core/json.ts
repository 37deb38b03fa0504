export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON object, or undefined for anything else (also broken JSON). */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The JSON value in UTF-8 bytes; undefined: they are none. */
export function parseBytes(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The objects of a list; none where it is no list. */
export const objectsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The value at a path such as `actor.user.email` or `target[0].id`; own properties only; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path.split(/[.[\]]+/)) {
    if (step === '') continue;
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as JsonObject)[step];
  }
  return current;
}

/** The first of the paths that holds text or a number, as trimmed text; empty text and `-` count as missing. */
export function textAt(value: unknown, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = at(value, path);
    if (typeof found === 'number' && Number.isFinite(found)) return String(found);
    if (typeof found === 'string') {
      const text = found.trim();
      if (text !== '' && text !== '-') return text;
    }
  }
  return undefined;
}

/** A copy of an object whose keys are found without regard to case (first of equal ones wins), one level deep. */
export function foldKeys(value: JsonObject): Map<string, unknown> {
  const folded = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value))
    if (!folded.has(key.toLowerCase())) folded.set(key.toLowerCase(), item);
  return folded;
}
