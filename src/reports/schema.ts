import { z } from 'zod';
import { accountKinds, confidences, strengths } from '../core/hit.js';
import { provenances } from '../core/provenance.js';
import { verdicts } from '../core/register.js';
import { useKinds } from '../core/use.js';
import { contractStates } from '../inventory/contracts/evidence.js';
import { cadences } from '../inventory/subscriptions.js';

const day = z
  .string()
  .regex(/^(\d{4}-\d{2}-\d{2})?$/)
  .describe('YYYY-MM-DD; empty where nothing holds a time');
const instant = z.string().nullable().describe('RFC 3339, UTC; null where no record holds a time');
const count = z.int().min(0);
const verdict = z.enum([...verdicts, 'attempted']);

/** A contract behind a service; see `ContractEvidence`. */
export const contractShape = z.strictObject({
  vendor: z.string(),
  name: z.string(),
  number: z.string(),
  start: z.string().nullable(),
  end: z.string().nullable().describe('Last day'),
  owner: z.string(),
  state: z.enum(contractStates),
  by: z.enum(['product', 'vendor']).describe("vendor: it does not say which of the vendor's products"),
  sentence: z.string(),
});

const evidence = z.strictObject({
  time: instant,
  actor: z.string().describe('Pseudonym, or name where names were asked for'),
  file: z.string(),
  line: count.describe('Physical line on which the record begins, from 1'),
  sha256: z.string().describe('Of the raw record'),
  reason: z.string(),
  signature: z.string(),
  confidence: z.enum(confidences),
  strength: z.enum(strengths),
  provenance: z.enum(provenances).describe('How it is known who it was'),
  attempt: z.boolean(),
  sample: z
    .string()
    .optional()
    .describe(
      'The record, cut, secrets and query strings removed; only where names were asked for, since it holds them',
    ),
});

const finding = z.strictObject({
  id: z.string().describe('service/account-kind'),
  service: z.string(),
  name: z.string(),
  vendor: z.string(),
  category: z.string(),
  summary: z.string(),
  account_kind: z.enum(accountKinds),
  verdict,
  reason: z.string(),
  entry: z.string().nullable().describe('Inventory entry that decided'),
  risk: z.strictObject({
    score: z.number().min(0).max(100),
    level: z.enum(['low', 'medium', 'high']),
    rules: z.string(),
    factors: z.array(
      z.strictObject({
        group: z.enum(['service', 'usage', 'governance']),
        name: z.string(),
        points: z.number(),
        why: z.string(),
      }),
    ),
  }),
  signals: z.array(z.strictObject({ name: z.string(), why: z.string(), numbers: z.record(z.string(), z.number()) })),
  strength: z.enum(strengths),
  contact_only: z.boolean(),
  provenance: z.enum(provenances).describe('The best that is known of where it comes from'),
  claimed_only: z
    .boolean()
    .describe('It rests on claimed or unauthenticated data alone: it is about no person and calls for no action'),
  unverified: z
    .strictObject({ actors: count, events: count, attempts: count })
    .describe('What is only claimed or unauthenticated beside the rest, of which it is no part'),
  people: count.describe('Actors that are persons of the directory'),
  actors: count,
  events: count,
  attempts: count,
  bytes_out: count,
  bytes_in: count,
  spend: z.record(z.string(), z.int()).describe('By currency, minor units'),
  uses: z
    .array(
      z.strictObject({ kind: z.enum(useKinds), means: z.string(), events: count, share: z.number().min(0).max(1) }),
    )
    .describe('Kinds of use, with their share of the events'),
  models: z.array(z.strictObject({ model: z.string(), events: count })).describe('Models that paths named'),
  first: instant,
  last: instant,
  days: z.array(z.strictObject({ day, events: count, attempts: count })),
  groups: z
    .array(z.strictObject({ group: z.string(), people: count, events: count, attempts: count }))
    .describe('Persons by group; fewer than five are merged into other'),
  verdicts_by_group: z.array(
    z.strictObject({ group: z.string(), verdict, reason: z.string(), actors: count, events: count }),
  ),
  top_actors: z.array(
    z.strictObject({ actor: z.string(), kind: z.string(), events: count, attempts: count, last: instant }),
  ),
  evidence: z.array(evidence),
  evidence_cut: count.describe('Hits beside the evidence shown'),
  alternatives: z
    .array(z.string())
    .describe('Approved services of the same category; for a wrong account the right one of the same service first'),
  contracts: z
    .array(contractShape)
    .describe('Contracts of the vendor list: something was bought officially. No approval'),
});

/** report.json: what `halflight scan` found. */
export const reportSchema = z.strictObject({
  report: z.literal('halflight-scan/1'),
  product: z.strictObject({ name: z.literal('Halflight'), version: z.string() }),
  catalog: z.strictObject({
    hash: z.string(),
    services: count,
    version: count.nullable().describe('Of the release; null where none is known'),
    expires: day.nullable().describe('Last day of its validity'),
    notice: z.string().nullable().describe('That it expires soon, or has expired'),
  }),
  risk_rules: z.string(),
  organisation_timezone: z.string(),
  log_timezone: z.string(),
  period: z.strictObject({ from: day, to: day }),
  as_of: day.describe('Day for which approvals were judged'),
  names: z.boolean().describe('People by name; pseudonyms otherwise'),
  answer: z.string().describe('The result in one sentence'),
  totals: z.strictObject({
    services: count,
    people: count,
    actors: count,
    findings_to_act_on: count,
    events: count,
    attempts: count,
    hits: count,
    inputs: count,
    records: count,
    rejected: count,
    bytes: count,
    repeated_payments: count.describe('Payments that stood in another input already, and are not counted again'),
  }),
  verdicts: z.record(z.string(), count).describe('Findings by verdict'),
  findings: z.array(finding).describe('What calls for action first, by risk; then the rest by verdict and risk'),
  survey: z
    .strictObject({
      answered: count.describe('People of the directory who named a tool'),
      services: z.array(
        z.strictObject({
          service: z.string(),
          name: z.string(),
          declared_and_seen: count,
          declared_not_seen: count,
          seen_not_declared: count.describe('People who answered, used it, and did not name it'),
        }),
      ),
    })
    .nullable()
    .describe('What people say, held against what was seen of them; null where nobody of the directory answered'),
  unresolved: z
    .strictObject({
      actors: count,
      events: count.describe('Events and attempts of actors that are no known person'),
      share: z.number().min(0).max(1).describe('Of all events and attempts'),
      groups: z.array(
        z.strictObject({
          kind: z.string().nullable(),
          group: z.string().describe('A subnet, a domain, a kind; small subnets are `other` unless names are shown'),
          would_tell: z.string().describe('What would tell who they are'),
          actors: count,
          events: count,
          share: z.number().min(0).max(1),
        }),
      ),
      by_actor: z.array(
        z.strictObject({
          kind: z.string(),
          actor: z.string(),
          events: count,
          services: count,
          findings: count.describe('Findings of these services'),
          bytes_out: count,
          bytes_in: count,
          share: z.number().min(0).max(1),
        }),
      ),
    })
    .describe('Who is nobody known, by how much knowing them would explain'),
  subscriptions: z
    .array(
      z.strictObject({
        service: z.string(),
        name: z.string(),
        actor: z.string().describe('Who pays: pseudonym, or name where names were asked for'),
        kind: z.string().describe('Of the actor'),
        cadence: z.enum(cadences),
        amount: z.int().describe('Of the last payment, minor units'),
        currency: z.string(),
        payments: count,
        since: day,
        last: day,
        next: day.describe('When the next payment is expected; of a stopped one when it was'),
        state: z.enum(['running', 'stopped']),
      }),
    )
    .describe('Payments that recur: of one payer to one service, in like amounts'),
  unseen: z.array(z.strictObject({ entry: z.string(), name: z.string(), reason: z.string() })),
  lapsing_soon: z.array(
    z.strictObject({ entry: z.string(), name: z.string(), what: z.string(), date: day, days: z.int() }),
  ),
  measures: z.array(z.strictObject({ name: z.string(), numerator: count, denominator: count, sentence: z.string() })),
  inventory: z.strictObject({
    entries: count,
    completeness: z.array(
      z.strictObject({ entry: z.string(), name: z.string(), score: z.number(), missing: z.array(z.string()) }),
    ),
  }),
  candidates: z.array(
    z.strictObject({
      id: z.string().describe('For "halflight candidate show"'),
      kind: z.enum(['host', 'app', 'merchant', 'extension']),
      subject: z.string(),
      score: z.int().min(0).max(100).describe('The sum of the reasons'),
      reason: z.string().describe('All reasons in one sentence'),
      reasons: z.array(z.strictObject({ rule: z.string(), points: z.int(), why: z.string() })),
      events: count,
      bytes_out: count,
      bytes_in: count,
      actors: count,
      first: instant,
      last: instant,
      file: z.string(),
      line: count,
    }),
  ),
  other_candidates: count.describe('Candidate events beyond the bound on different candidates'),
  coverage: z.strictObject({
    inputs: z.array(
      z.strictObject({
        file: z.string(),
        format: z.string().nullable(),
        title: z.string().nullable(),
        confidence: z.number(),
        why: z.string(),
        kinds: z.array(z.string()),
        bytes: count,
        lines: count,
        records: count,
        records_with_events: count,
        events: count,
        skipped: count,
        rejected: count,
        hits: count,
        first: instant,
        last: instant,
        skips: z.record(z.string(), count),
        rejects: z.record(z.string(), count),
        problem: z.string().nullable(),
      }),
    ),
    not_read: z.array(z.strictObject({ file: z.string(), why: z.string() })),
    shows: z
      .array(z.strictObject({ kind: z.string(), sources: count, can: z.string(), cannot: z.string() }))
      .describe('What each kind of source can and cannot show'),
  }),
  problems: z.array(z.string()).describe('What was wrong with the inventory or the people file'),
});

export type Report = z.output<typeof reportSchema>;
export type ReportFinding = Report['findings'][number];
