import { z } from 'zod';
import { configSchema } from './schema.js';
import type { Path } from './secret.js';
import { durationPattern, sizePattern } from './units.js';

/** A key of the configuration, as editors and the documentation show it. */
export interface ConfigKey {
  /** `server.port`, `sources[].every`. */
  name: string;
  description: string;
  /** As it would be written; undefined where there is none. */
  default: unknown;
  /** Whether it holds further keys that stand in this list too. */
  section: boolean;
  /** What the number of a checked value counts: milliseconds or bytes. */
  unit: 'ms' | 'bytes' | undefined;
}

interface Schema {
  description?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  pattern?: string;
}

let schema: Schema | undefined;
const top = (): Schema => {
  schema ??= z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return schema;
};

/** Every key, in the order of the schema. */
export function configKeys(): ConfigKey[] {
  const found: ConfigKey[] = [];
  const walk = (at: Schema, prefix: string): void => {
    for (const [key, inner] of Object.entries(at.properties ?? {})) {
      const name = prefix === '' ? key : `${prefix}.${key}`;
      const section = inner.properties !== undefined || inner.items?.properties !== undefined;
      const shown = section ? undefined : inner.default;
      found.push({ name, description: inner.description ?? '', default: shown, section, unit: unitOf(inner) });
      walk(inner, name);
      if (inner.items !== undefined) walk(inner.items, `${name}[]`);
    }
  };
  walk(top(), '');
  return found;
}

const unitOf = ({ pattern = '' }: Schema): ConfigKey['unit'] => {
  if (pattern === sizePattern.source) return 'bytes';
  return pattern.endsWith(durationPattern.source) ? 'ms' : undefined;
};

/** Names of the keys that are known at a path; empty where any are (options) or none. */
export function keysAt(path: Path): string[] {
  let at: Schema | undefined = top();
  for (const part of path) at = typeof part === 'number' ? at?.items : at?.properties?.[part];
  return Object.keys(at?.properties ?? {});
}
