import { candidateId, joinReasons, scoreOf } from '../../core/candidate.js';
import type { StateItem } from '../../core/chunk.js';
import type { StoredFinding } from '../../core/finding-state.js';
import type { CandidateHit, Strength } from '../../core/hit.js';
import { isUnverified } from '../../core/provenance.js';
import { dayOf } from '../../core/time.js';
import type { Usage } from '../../core/usage.js';
import {
  type CandidateFact,
  type FindingFact,
  firstDigits,
  type GrantFact,
  type JobFact,
  type ServiceFact,
  type SourceFact,
} from '../../rules/facts.js';
import { lastFacts, sourceStanding } from '../../store/alert-facts.js';
import { anyUsed } from '../../store/findings.js';
import { jobStanding } from '../../store/job-runs.js';
import type { Db } from '../../store/tables.js';
import type { ServiceContext } from '../context.js';

const dayMs = 86_400_000;
const uploadDays = 7;
const mostFailures = 100;

/** A finding with the use that it was made of: its bytes by day, and all use of its service in the window. */
export interface FindingUse {
  finding: StoredFinding;
  daily: readonly { day: string; bytesOut: number }[];
  usage: readonly Usage[];
}

/** What rules may ask of a service. */
export async function serviceFact(
  trx: Db,
  { catalog, now, setup }: Pick<ServiceContext, 'catalog' | 'now' | 'setup'>,
  service: string,
  findings: readonly FindingUse[],
): Promise<ServiceFact> {
  const known = catalog.services.get(service);
  const category = known?.category ?? null;
  const others = [...catalog.services.values()].filter((item) => item.category === category && item.id !== service);
  const asOf = dayOf(now(), setup().zone);
  return {
    about: 'service',
    service,
    name: known?.name ?? service,
    vendor: known?.vendor.name ?? null,
    category,
    firstOfCategory: !(await anyUsed(
      trx,
      others.map(({ id }) => id),
    )),
    findings: findings.map((use) => findingFact(use, asOf)),
  };
}

function findingFact({ finding, daily, usage }: FindingUse, asOf: string): FindingFact {
  const from = dayOf(Date.parse(`${asOf}T12:00:00Z`) - (uploadDays - 1) * dayMs, 'UTC');
  const days = new Map<string, number>();
  for (const { day, bytesOut } of daily) if (day >= from && day <= asOf) days.set(day, (days.get(day) ?? 0) + bytesOut);
  const groups = new Map<string, Set<string>>();
  for (const { service, accountKind, actor, provenance, events } of usage) {
    if (service !== finding.service || accountKind !== finding.accountKind || actor.group === '') continue;
    if (isUnverified(provenance) || events === 0) continue;
    groups.set(actor.group, (groups.get(actor.group) ?? new Set()).add(`${actor.kind} ${actor.id}`));
  }
  const growth = finding.signals.find(({ name }) => name === 'upload-growth');
  return {
    id: finding.id,
    accountKind: finding.accountKind,
    state: finding.state,
    verdict: finding.verdict,
    claimedOnly: finding.claimedOnly,
    risk: finding.risk.score,
    strength: finding.strength as Strength,
    people: finding.people,
    groups: [...groups].map(([name, who]) => ({ name, people: who.size })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    bytesPerDay: firstDigits(Math.max(0, ...days.values()), 2),
    growth: growth !== undefined,
    said: {
      reason: finding.reason,
      growth: growth?.why ?? null,
      entry: finding.entry,
      events: finding.events,
      attempts: finding.attempts,
      lastSeen: finding.lastSeen,
    },
  };
}

/** How a source does, as the database has it within the transaction. */
export async function sourceFact(trx: Db, source: string, at: number): Promise<SourceFact> {
  const { silent, paused, received, unread } = await sourceStanding(trx, source, at - dayMs);
  return {
    about: 'source',
    source,
    silent: silent !== null,
    paused: paused !== null,
    unreadShare: received > 0 ? Math.floor((100 * unread) / received) : 0,
    records: firstDigits(received, 1),
    said: { silent, paused, unread, received },
  };
}

export async function jobFact(trx: Db, job: string): Promise<JobFact> {
  const { failures, outcome } = await jobStanding(trx, job);
  return { about: 'job', job, failures: Math.min(failures, mostFailures), said: { outcome } };
}

/** Candidates of a chunk, each with all that was ever seen of it. Under the lock of alerts, as each goes on from the one before. */
export async function candidateFacts(
  trx: Db,
  candidates: readonly (CandidateHit & { events: number; actors: number })[],
): Promise<CandidateFact[]> {
  const before = await lastFacts<CandidateFact>(
    trx,
    candidates.map((candidate) => `candidate/${candidateId(candidate)}`),
  );
  return candidates.map(({ kind, subject, reasons, events, actors }) => {
    const id = candidateId({ kind, subject });
    const last = before.get(`candidate/${id}`);
    const joined = last === undefined ? reasons : joinReasons(last.said.reasons, reasons);
    return {
      about: 'candidate',
      candidate: id,
      kind,
      subject,
      score: scoreOf(joined),
      decided: last?.decided ?? false,
      said: {
        reasons: joined,
        actors: Math.max(actors, last?.said.actors ?? 0),
        events: events + (last?.said.events ?? 0),
      },
    };
  });
}

/** Apps with grants that are new, each with all that it was granted since its grants are listed. */
export async function grantFacts(
  trx: Db,
  catalog: ServiceContext['catalog'],
  source: string,
  items: readonly StateItem[],
): Promise<GrantFact[]> {
  const fresh = items.flatMap((item) => grantOf(item.body) ?? []);
  const apps = [...new Set(fresh.map(({ app }) => app.id))].sort((a, b) => (a < b ? -1 : 1));
  const before = await lastFacts<GrantFact>(
    trx,
    apps.map((app) => `grant/${source}/${app}`),
  );
  return apps.map((app) => {
    const own = fresh.filter((grant) => grant.app.id === app);
    const last = before.get(`grant/${source}/${app}`);
    const stands = last?.gone === false ? last : undefined;
    const named = own.find((grant) => grant.app.name !== undefined)?.app ?? own[0]?.app;
    const known = catalog.appIds.get((named?.appId ?? app).toLowerCase())?.service;
    return {
      about: 'grant',
      grant: `${source}/${app}`,
      source,
      app: named?.name ?? stands?.app ?? app,
      appId: named?.appId ?? null,
      service: known?.id ?? null,
      category: known?.category ?? null,
      permission: own.some(({ permission }) => permission === 'application')
        ? 'application'
        : (stands?.permission ?? 'delegated'),
      consent: stands?.consent === 'admin' || own.some(({ consent }) => consent === 'admin') ? 'admin' : 'user',
      scopes: [...new Set([...(stands?.scopes ?? []), ...own.flatMap(({ scopes }) => scopes)])].sort((a, b) =>
        a < b ? -1 : 1,
      ),
      gone: false,
    };
  });
}

interface Grant {
  app: { id: string; name: string | undefined; appId: string | undefined };
  permission: string;
  consent: 'admin' | 'user';
  scopes: string[];
}

/** A grant as collectors of identity providers list it; undefined: no grant that could be told. Who gave it stays out. */
function grantOf(body: unknown): Grant | undefined {
  const { app, permission, consent, scopes } = (body ?? {}) as Record<string, unknown>;
  const { id, name, app_id: appId } = (app ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string') return undefined;
  return {
    app: {
      id,
      name: typeof name === 'string' ? name : undefined,
      appId: typeof appId === 'string' ? appId : undefined,
    },
    permission: permission === 'application' ? 'application' : 'delegated',
    consent: consent === 'admin' ? 'admin' : 'user',
    scopes: Array.isArray(scopes) ? scopes.filter((scope): scope is string => typeof scope === 'string') : [],
  };
}
