import { RE2JS } from 're2js';
import { z } from 'zod';
import { actions, eventKinds } from '../../core/event.js';
import { blockedWords, expenseRoles, type Mapping, mappingKeys, timeFormats } from '../../core/mapping.js';
import { isZone, parseOffset } from '../../core/time.js';
import { compileTimePattern } from '../../core/time-pattern.js';
import { amountRoles } from './expense-rows.js';

const names = z.partialRecord(
  z.enum(mappingKeys),
  z.union([z.string().min(1), z.number(), z.boolean()]).transform(String),
);

/** Reports what `check` throws as a problem of the value. */
const checked =
  (check: (text: string) => unknown) =>
  (text: string, context: z.RefinementCtx): void => {
    try {
      check(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  };

const timeFormat = z.string().superRefine(
  checked((text) => {
    if (!(timeFormats as readonly string[]).includes(text)) compileTimePattern(text);
  }),
);

/** A mapping file: how a custom log becomes events. */
export const mappingSchema = z
  .strictObject({
    framing: z
      .discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('csv'),
          delimiter: z.string().min(1).max(1).default(','),
          header: z.boolean().default(true),
        }),
        z.strictObject({ type: z.literal('json') }),
        z.strictObject({ type: z.literal('key-value') }),
        z.strictObject({
          type: z.literal('regex'),
          pattern: z
            .string()
            .min(1)
            .max(2000)
            .superRefine(checked((text) => RE2JS.compile(text)))
            .describe('RE2 syntax: no look-around, no back references; groups are (?<name>...).'),
        }),
      ])
      .describe('How a record is taken apart.'),
    fields: names
      .default({})
      .describe(
        'Event key -> column name or 1-based number, JSON path, key, or group of the regular expression. date: a column of the day, when time holds the time of day only.',
      ),
    expenses: z
      .strictObject({
        columns: z
          .partialRecord(z.enum(expenseRoles), z.string().min(1))
          .describe('What a column holds -> its name in the header.'),
        dates: z.enum(['day-first', 'month-first']).default('day-first').describe('How 03/04/2026 is read.'),
        decimal: z.enum(['.', ',']).optional().describe('The decimal mark; otherwise each amount tells it.'),
        purchases: z
          .enum(['positive', 'negative'])
          .default('positive')
          .describe('The sign of purchases; refunds have the other one.'),
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/, 'use an ISO code: EUR')
          .optional()
          .describe('Of amounts that name none.'),
      })
      .optional()
      .describe('The table holds expenses: what its columns are, instead of fields.'),
    constants: names.default({}).describe('Event key -> the same value in every record.'),
    time: z
      .strictObject({
        format: timeFormat.optional(),
        zone: z
          .string()
          .refine(
            (zone) => isZone(zone) || parseOffset(zone) !== undefined,
            'use an IANA name (Europe/Berlin) or an offset (+02:00)',
          )
          .optional(),
      })
      .optional()
      .describe(
        `format: ${timeFormats.join(', ')}, or a pattern such as yyyy-MM-dd HH:mm:ss; zone: IANA name or offset of times without one.`,
      ),
    missing: z.array(z.string()).default([]).describe('Values that mean missing, beside the empty one and -.'),
    blocked: z
      .array(z.string())
      .default([...blockedWords])
      .describe('Values of action that mean blocked.'),
    amounts: z
      .enum(['major', 'minor'])
      .default('major')
      .describe('Whether amount is in the currency itself (12.50) or in its minor units (1250).'),
  })
  .superRefine(({ constants, fields, expenses, framing }, context) => {
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { kind, action } = constants;
    if (kind !== undefined && !(eventKinds as readonly string[]).includes(kind))
      problem(['constants', 'kind'], `use one of ${eventKinds.join(', ')}`);
    if (action !== undefined && !(actions as readonly string[]).includes(action))
      problem(['constants', 'action'], `use one of ${actions.join(', ')}`);
    for (const key of ['date', 'time'] as const)
      if (constants[key] !== undefined)
        problem(['constants', key], 'a time is never the same in every record; use fields');
    if (expenses === undefined) {
      if (Object.keys(fields).length === 0) problem(['fields'], 'name at least one field');
      return;
    }
    const { columns } = expenses;
    if (framing.type !== 'csv' || !framing.header)
      problem(['framing'], 'expenses are read from csv with a header line');
    if (Object.keys(fields).length > 0) problem(['fields'], 'expenses name their columns; leave fields out');
    if (columns.date === undefined) problem(['expenses', 'columns'], 'name the column of the date');
    if (columns.merchant === undefined && columns.description === undefined)
      problem(['expenses', 'columns'], 'name the column of the merchant, or of a description');
    if (!amountRoles.some((role) => columns[role] !== undefined))
      problem(['expenses', 'columns'], `name a column of an amount: ${amountRoles.join(', ')}`);
  });

/**
 * Checks a parsed mapping file.
 * @throws Error that names the file, the field and what is accepted.
 */
export function parseMapping(value: unknown, file: string): Mapping {
  const result = mappingSchema.safeParse(value);
  if (result.success) return result.data as Mapping;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new Error(`${file} is no mapping file:\n${problems.join('\n')}`);
}
