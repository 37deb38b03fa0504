import { z } from 'zod';
import { confidences } from '../../core/hit.js';
import { verdicts } from '../../core/register.js';
import { type TraceKind, traceKinds } from '../../gate/common/trace.js';
import { type GateReason, type GateResult, gateStrengths, otherReasons } from '../../gate/result.js';

const place = z.object({ file: z.string().describe('From the folder that was read, with /.'), line: z.int() });
const kinds = Object.keys(traceKinds) as [TraceKind, ...TraceKind[]];

/** What `halflight gate --json` prints. */
export const gateReportSchema = z.object({
  path: z.string(),
  closed: z.boolean(),
  as_of: z.string().describe('The day by which approvals and exceptions were judged.'),
  environment: z.string().nullable(),
  fail_on: z.array(z.enum([...verdicts, ...otherReasons])),
  min_strength: z.enum(gateStrengths),
  catalog: z.string().describe('Hash of the catalog.'),
  findings: z.array(
    z.object({
      service: z.string(),
      name: z.string(),
      vendor: z.string(),
      category: z.string(),
      verdict: z.enum(verdicts),
      entry: z.string().nullable(),
      reason: z.string(),
      advice: z.string(),
      strength: z.enum(gateStrengths),
      confidence: z.enum(confidences),
      closes: z.boolean(),
      models: z.array(z.string()),
      traces: z.int().describe('All traces; at most 1,000 places are listed.'),
      places: z.array(
        place.extend({
          kind: z.enum(kinds),
          what: z.string(),
          signature: z.string(),
          confidence: z.enum(confidences),
          transitive: z.boolean(),
        }),
      ),
    }),
  ),
  models: z.array(
    place.extend({ name: z.string(), maker: z.string(), service: z.string().nullable(), files: z.int() }),
  ),
  keys: z.array(place.extend({ service: z.string(), name: z.string(), vendor: z.string(), prefix: z.string() })),
  candidates: z.array(place.extend({ what: z.string(), why: z.string() })),
  problems: z.array(z.object({ file: z.string(), line: z.int().nullable(), message: z.string() })),
  totals: z.object({
    files: z.int(),
    characters: z.int(),
    left_out: z.record(z.string(), z.int()).describe('Reason and how many files or folders.'),
  }),
});
export type GateReport = z.output<typeof gateReportSchema>;

/** What the report says beside the result. */
export interface GateContext {
  path: string;
  asOf: string;
  environment: string | undefined;
  failOn: readonly GateReason[];
  minStrength: GateReport['min_strength'];
  catalog: string;
}

/** The report of a result. */
export const gateReport = (result: GateResult, context: GateContext): GateReport => ({
  path: context.path,
  closed: result.closed,
  as_of: context.asOf,
  environment: context.environment ?? null,
  fail_on: [...context.failOn],
  min_strength: context.minStrength,
  catalog: context.catalog,
  findings: result.findings.map(({ entry, models, places, ...finding }) => ({
    ...finding,
    entry: entry ?? null,
    models: [...models],
    places: [...places],
  })),
  models: result.models.map(({ service, ...model }) => ({ ...model, service: service ?? null })),
  keys: [...result.keys],
  candidates: [...result.candidates],
  problems: result.problems.map(({ line, ...problem }) => ({ ...problem, line: line ?? null })),
  totals: { files: result.files, characters: result.size, left_out: Object.fromEntries(result.left) },
});
