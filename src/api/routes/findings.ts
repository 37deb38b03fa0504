import { z } from 'zod';
import type { MatchedContract } from '../../core/contract.js';
import { findingStates, type StoredFinding } from '../../core/finding-state.js';
import { accountKinds } from '../../core/hit.js';
import { provenances } from '../../core/provenance.js';
import { verdicts } from '../../core/register.js';
import { dayOf } from '../../core/time.js';
import { useKinds } from '../../core/use.js';
import { contractsOf, shownContracts } from '../../inventory/contracts/evidence.js';
import { mergeSubRows } from '../../inventory/sub-rows.js';
import { describeUses } from '../../reports/finding.js';
import { contractShape } from '../../reports/schema.js';
import { loadFindingHistory } from '../../store/findings.js';
import { type FindingPlace, listFindings, loadFinding } from '../../store/reads/findings.js';
import { loadRegister } from '../../store/registers.js';
import { loadUses } from '../../store/uses.js';
import { ApiProblem, notFound } from '../problem.js';
import { route } from '../route.js';
import { count, instant, limit, limitOf, next, oneOf, query, time } from '../shapes.js';

const verdict = z.enum([...verdicts, 'attempted']);

const summary = z.object({
  id: z.string().describe('service/account-kind'),
  service: z.string(),
  account_kind: z.enum(accountKinds),
  state: z.enum(findingStates),
  verdict,
  reason: z.string(),
  entry: z.string().nullable().describe('Inventory entry that decided'),
  risk: z.object({ score: z.number(), level: z.enum(['low', 'medium', 'high']) }),
  strength: z.string().describe('Strongest proof seen'),
  contact_only: z.boolean().describe('It rests on DNS alone'),
  provenance: z.enum(provenances).describe('The best that is known of where it comes from'),
  claimed_only: z
    .boolean()
    .describe('It rests on claimed or unauthenticated data alone: it is about no person, and never open'),
  unverified: z
    .object({ actors: count, events: count, attempts: count })
    .describe('What is only claimed or unauthenticated beside the rest, of which it is no part'),
  people: count.describe('Persons of the directory among the actors'),
  actors: count,
  events: count,
  attempts: count,
  bytes_out: count,
  bytes_in: count,
  first_seen: time,
  last_seen: time,
  last_used: time,
  opened_at: time,
  changed_at: time,
  resolved_at: time,
});

const shown = (finding: StoredFinding): z.output<typeof summary> => ({
  id: finding.id,
  service: finding.service,
  account_kind: finding.accountKind,
  state: finding.state,
  verdict: finding.verdict,
  reason: finding.reason,
  entry: finding.entry,
  risk: { score: finding.risk.score, level: finding.risk.level },
  strength: finding.strength,
  contact_only: finding.contactOnly,
  provenance: finding.provenance,
  claimed_only: finding.claimedOnly,
  unverified: { ...finding.unverified },
  people: finding.people,
  actors: finding.actors,
  events: finding.events,
  attempts: finding.attempts,
  bytes_out: finding.bytesOut,
  bytes_in: finding.bytesIn,
  first_seen: instant(finding.firstSeen),
  last_seen: instant(finding.lastSeen),
  last_used: instant(finding.lastUsed),
  opened_at: instant(finding.openedAt),
  changed_at: instant(finding.changedAt),
  resolved_at: instant(finding.resolvedAt),
});

const list = route({
  method: 'GET',
  path: '/v1/findings',
  policy: 'read',
  summary: 'Findings, the highest risk first.',
  schema: {
    params: z.strictObject({}),
    query: z.strictObject({
      state: oneOf(findingStates).optional(),
      verdict: oneOf([...verdicts, 'attempted']).optional(),
      after: query('`next` of the page before', 400).optional().describe('`next` of the page before.'),
      limit,
    }),
    answer: z.object({ findings: z.array(summary), next }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ query: asked }, { read }) => {
    const rows = limitOf(asked.limit);
    const after = asked.after === undefined ? undefined : placeOf(asked.after);
    const found = await read((db) =>
      listFindings(db, { state: asked.state, verdict: asked.verdict, after, limit: rows + 1 }),
    );
    const page = found.slice(0, rows);
    const last = page.at(-1);
    return {
      findings: page.map(shown),
      next: found.length > rows && last !== undefined ? cursorOf({ risk: last.risk.score, id: last.id }) : null,
    };
  },
});

/** A place as a text that nobody should read anything into. */
const cursorOf = ({ risk, id }: FindingPlace): string => Buffer.from(`${risk} ${id}`).toString('base64url');

function placeOf(cursor: string): FindingPlace {
  const [, risk, id] = /^(\d{1,3}) ([^\0]{1,200})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (risk === undefined || id === undefined)
    throw new ApiProblem(400, 'In the query, after: accepted is `next` of the page before.');
  return { risk: Number(risk), id };
}

const one = route({
  method: 'GET',
  path: '/v1/findings/:id',
  tail: true,
  policy: 'read',
  summary: 'One finding with its risk factors, signals, groups (those of fewer than five people merged) and history.',
  schema: {
    params: z.strictObject({ id: query('an id', 300) }),
    query: z.strictObject({}),
    answer: summary.extend({
      risk: z.object({
        score: z.number(),
        level: z.enum(['low', 'medium', 'high']),
        rules: z.string(),
        factors: z.array(
          z.object({
            group: z.enum(['service', 'usage', 'governance']),
            name: z.string(),
            points: z.number(),
            why: z.string(),
          }),
        ),
      }),
      signals: z.array(z.object({ name: z.string(), why: z.string(), numbers: z.record(z.string(), z.number()) })),
      groups: z
        .array(z.object({ group: z.string(), verdict, reason: z.string(), actors: count, events: count }))
        .describe('Where verdicts differ; groups of fewer than five are merged into other'),
      uses: z
        .array(z.object({ kind: z.enum(useKinds), means: z.string(), events: count, share: z.number() }))
        .describe('Kinds of use over all that is kept, with their share of the events'),
      models: z.array(z.object({ model: z.string(), events: count })).describe('Models that paths named'),
      contracts: z
        .array(contractShape)
        .describe('Contracts of the vendor list, as of today: something was bought officially. No approval'),
      history: z
        .array(
          z.object({
            at: time,
            kind: z.string(),
            verdict_before: z.string().nullable(),
            verdict: z.string(),
            reason: z.string(),
            chunk: count.nullable().describe('Piece of input that brought it about'),
          }),
        )
        .describe('Oldest first'),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ params: { id } }, { read, now, config }) =>
    read(async (db) => {
      const finding = await loadFinding(db, id);
      if (finding === undefined) throw notFound('finding');
      const history = await loadFindingHistory(db, id);
      const uses = await loadUses(db, { service: finding.service });
      const contracts = await loadRegister<MatchedContract[]>(db, 'contracts');
      const { score, level, rules, factors } = finding.risk;
      return {
        ...shown(finding),
        risk: { score, level, rules, factors: factors.map((factor) => ({ ...factor })) },
        signals: finding.signals.map(({ name, why, numbers }) => ({ name, why, numbers: { ...numbers } })),
        groups: mergeSubRows(finding.groups).map((row) => ({ ...row })),
        ...describeUses(uses.filter((use) => use.accountKind === finding.accountKind)),
        contracts: contractsOf(finding.service, contracts?.body ?? [], dayOf(now(), config.timezone)).slice(
          0,
          shownContracts,
        ),
        history: history.map((step) => ({
          at: instant(step.at),
          kind: step.kind,
          verdict_before: step.verdictBefore ?? null,
          verdict: step.verdict,
          reason: step.reason,
          chunk: step.chunkId ?? null,
        })),
      };
    }),
});

export const findingRoutes = [list, one];
