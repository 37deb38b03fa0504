import { z } from 'zod';
import type { Mapping } from '../core/mapping.js';

const names = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));

/** A mapping file: how a custom log becomes events. */
export const mappingSchema = z.strictObject({
  framing: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('csv'),
        delimiter: z.string().min(1).max(1).default(','),
        header: z.boolean().default(true),
      }),
      z.strictObject({ type: z.literal('json') }),
      z.strictObject({ type: z.literal('key-value') }),
      z.strictObject({ type: z.literal('regex'), pattern: z.string().min(1).max(2000) }),
    ])
    .describe('How a record is taken apart.'),
  fields: names.describe(
    'Event key -> column name or 1-based number, JSON path, key, or group of the regular expression.',
  ),
  constants: names.default({}).describe('Event key -> the same value in every record.'),
  time: z
    .strictObject({ format: z.string().optional(), zone: z.string().optional() })
    .optional()
    .describe('format: epoch, iso, clf, rfc3164, dmy or mdy; zone: IANA name or offset of times without one.'),
  missing: z.array(z.string()).default([]).describe('Values that mean missing, beside the empty one and -.'),
  blocked: z
    .array(z.string())
    .default([
      'blocked',
      'block',
      'denied',
      'deny',
      'drop',
      'dropped',
      'reject',
      'rejected',
      'fail',
      'failed',
      'failure',
    ])
    .describe('Values of action that mean blocked.'),
});

/**
 * Checks a parsed mapping file.
 * @throws Error that names the file, the field and what is accepted.
 */
export function parseMapping(value: unknown, file: string): Mapping {
  const result = mappingSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new Error(`${file} is no mapping file:\n${problems.join('\n')}`);
}
