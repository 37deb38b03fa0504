import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Catalog } from '../../src/catalog/compile.js';
import type { InventoryEntry } from '../../src/core/register.js';
import type { Person } from '../../src/people/person.js';
import { appendAudits } from '../../src/store/audit.js';
import { setBaseInventory } from '../../src/store/inventory.js';
import { createMonth } from '../../src/store/partitions.js';
import { notePeople, peopleText } from '../../src/store/person-history.js';
import { saveRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';

/** How much of everything. */
export interface Amounts {
  /** Rows of `usage` over 91 days. */
  usage: number;
  people: number;
  findings: number;
  entries: number;
  /** Kept records. */
  evidence: number;
  /** Records of the audit log. */
  audit: number;
  /** Pieces of input that each row of `usage` was added up from; 0: shares are no longer kept. */
  shares: number;
}

export const days = 91;
/** A Monday; the last day is the Sunday of 2026-W47. */
export const firstDay = '2026-08-24';
export const behind = '2026-11-23';
/** Within the last week. */
export const weekStart = '2026-11-16';
const months = ['2026-08', '2026-09', '2026-10', '2026-11'];
const chunksOfDay = 40;
const chunkLines = 200_000;

/**
 * Fills an empty database as a quarter of work in a large organisation leaves it: few of the services take most of the use, a person uses
 * one service on a day, and among the names are some that a spreadsheet would run. The same amounts give the same rows.
 */
export async function fillLarge(db: Db, catalog: Catalog, amounts: Amounts): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db);
  const services = serviceIds(catalog, Math.ceil(amounts.findings / 3));
  await run(`create table bench_service (place int primary key, id text not null)`);
  await sql`insert into bench_service select n - 1, id from unnest(${services}::text[]) with ordinality as s (id, n)`.execute(
    db,
  );
  await fillChunks(db);
  await fillUsage(db, amounts, services.length);
  await fillFindings(db, amounts.findings);
  await fillEvidence(db, amounts, services.length);
  await fillAudit(db, amounts.audit);
  await fillRegisters(db, amounts, services);
  await run(`drop table bench_service`);
  await run(`vacuum analyze`);
}

/** Those of the catalog first, and as many that it does not know. */
const serviceIds = (catalog: Catalog, count: number): string[] => {
  const known = [...catalog.services.keys()].sort();
  return Array.from({ length: count }, (_, n) => known[n] ?? `own-service-${n}`);
};

async function fillChunks(db: Db): Promise<void> {
  await sql
    .raw(
      `insert into chunk (key, source, sha256, state, name, format, catalog_hash, received_at, scanned_at, bytes, lines, records,
         with_events, skipped, events, first, last, hits)
       select 'sha256:' || encode(sha256(n::text::bytea), 'hex'), 'source-' || n % 8, encode(sha256(n::text::bytea), 'hex'), 'done',
         'logs/access-' || n || '.log', 'squid', 'bench', ${dayMs('n')} + 3600000, ${dayMs('n')} + 3600000, 30000000, ${chunkLines},
         ${chunkLines}, 1000, ${chunkLines - 1000}, 1000, ${dayMs('n')}, ${dayMs('n')} + 86399999, 1000
       from generate_series(0, ${days * chunksOfDay - 1}) n`,
    )
    .execute(db);
}

/** Of the 40 chunks of a day every eighth is of one source: the first one of that of a row of `usage`. */
const ofSource = `right(source, 1)::int`;

/** Milliseconds of the day that a chunk is of. */
const dayMs = (n: string): string => `(${Date.parse(firstDay)} + ${n} / ${chunksOfDay} * 86400000::bigint)`;

async function fillUsage(db: Db, { usage, people, shares }: Amounts, services: number): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db);
  for (const month of months) await createMonth(db, month);
  await run(`alter table usage drop constraint usage_pkey`);
  await run(`drop index usage_actor_day`);
  await run(`drop index usage_unresolved`);
  const each = Math.ceil(usage / days);
  if (each > people) throw new Error('a person uses one service on a day: more people than rows of a day are needed');
  await run(`
    insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, provenance, confidence,
      events, attempts, bytes_out, bytes_in, spend, first, last, received_at)
    select date '${firstDay}' + d, s.id, kind,
      case kind when 'user' then (array['=cmd|calc!A1', '@sum', 'söderström, "eve"', 'acme\\user'])[1 + p % 4] || p else 'p-' || p end,
      case kind when 'user' then '' else 'group-' || p % 400 end,
      'source-' || k % 8, (array['unknown', 'enterprise', 'personal'])[1 + (k + d) % 3], strength, 'observed', 'high',
      1 + (k * 7 + d) % 40, (k + d) % 3, (k::bigint * 31 + d) % 100000, (k::bigint * 317 + d) % 1000000,
      case strength when 'payment' then '{"EUR": 1999, "USD": -250}'::jsonb else '{}' end,
      at + 3600000 + k % 1000, at + 7200000 + k % 1000, at + 86400000
    from generate_series(0, ${days - 1}) d
      cross join generate_series(0, ${each - 1}) k
      cross join lateral (select (k * 7919::bigint + d * 31) % ${people} as p,
        ${Date.parse(firstDay)} + d * 86400000::bigint as at) a
      cross join lateral (select case when k % 50 = 0 then 'user' else 'person' end as kind,
        (array['visit', 'transfer', 'account', 'visit', 'visit', 'payment'])[1 + (case when k % 60 = 5 then 5 else k % 5 end)] as strength) b
      join bench_service s on s.place = ${skewed('k', 'd', services)}
    where d * ${each}::bigint + k < ${usage}`);
  if (shares > 0) {
    await run(`alter table chunk_usage drop constraint chunk_usage_pkey`);
    await run(`
      insert into chunk_usage (chunk_id, position, day, service, actor_kind, actor, actor_group, source, account_kind, strength,
        provenance, confidence, events, attempts, bytes_out, bytes_in, spend, first, last)
      select (day - date '${firstDay}') * ${chunksOfDay} + 1 + ${ofSource} + 8 * ((n * ${shares} + part) % 5), n, day, service, actor_kind, actor,
        actor_group, source, account_kind, strength, provenance, confidence,
        ${shared('events', shares)}, ${shared('attempts', shares)}, ${shared('bytes_out', shares)}, ${shared('bytes_in', shares)},
        case part when 0 then spend else '{}' end, first, last
      from (select row_number() over () as n, * from usage where strength <> 'payment') u cross join generate_series(0, ${shares - 1}) part`);
    await run(`
      insert into expense (identity, file, chunk_id, position, kind, counted, day, service, actor_kind, actor, actor_group, source, account_kind,
        strength, provenance, confidence, events, attempts, bytes_out, bytes_in, spend, first, last)
      select 'expense-' || n, '', (day - date '${firstDay}') * ${chunksOfDay} + 1 + ${ofSource}, n, 'seat', true, day, service, actor_kind, actor,
        actor_group, source, account_kind, strength, provenance, confidence, events, attempts, bytes_out, bytes_in, spend, first, last
      from (select row_number() over () as n, * from usage where strength = 'payment') u`);
    await run(`alter table chunk_usage add primary key (chunk_id, position)`);
  }
  await run(
    `alter table usage add primary key (service, day, actor_kind, actor, actor_group, source, account_kind, strength, provenance)`,
  );
  await run(`create index usage_actor_day on usage (actor, day)`);
  await run(`create index usage_unresolved on usage (actor_kind, actor)
    where actor_kind in ('user', 'device', 'address', 'workload')`);
  await run(`
    insert into usage_day (day, service, source, account_kind, strength, provenance, events, attempts, bytes_out, bytes_in, received_at)
    select day, service, source, account_kind, strength, provenance, sum(events), sum(attempts), sum(bytes_out), sum(bytes_in),
      max(received_at) from usage group by 1, 2, 3, 4, 5, 6`);
  await run(`
    insert into usage_service_day (day, service, events, attempts, bytes_out, bytes_in)
    select day, service, sum(events), sum(attempts), sum(bytes_out), sum(bytes_in) from usage_day group by 1, 2`);
}

/** A service for two numbers: low ones more often than high ones. */
const skewed = (a: string, b: string, services: number): string =>
  `floor(${services} * power(((${a} * 2654435761::bigint + ${b} * 40503::bigint) % 4294967296) / 4294967296.0::float8, 2.5))::int`;

/** The part of a sum that one of its shares has: the first has what does not divide. */
const shared = (name: string, shares: number): string =>
  `${name} / ${shares} + case part when 0 then ${name} % ${shares} else 0 end`;

async function fillFindings(db: Db, findings: number): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db);
  await run(`
    insert into finding (id, service, state, verdict, risk, first_seen, last_seen, updated_at, body)
    select finding, service, state, verdict, risk, first, last, last, jsonb_build_object(
      'id', finding, 'service', service, 'accountKind', kind, 'state', state, 'verdict', verdict,
      'reason', 'No entry of the inventory names it; ' || n || ' people used it.', 'entry', null,
      'risk', jsonb_build_object('score', risk, 'level', (array['low', 'medium', 'high'])[1 + risk / 34], 'rules', '1', 'factors',
        (select jsonb_agg(jsonb_build_object('group', 'usage', 'name', 'factor-' || f, 'points', 5, 'why', 'because of ' || f))
          from generate_series(1, 6) f)),
      'signals', jsonb_build_array(jsonb_build_object('name', 'new-group', 'why', 'seen in another group', 'numbers', '{"groups": 3}'::jsonb)),
      'strength', 'visit', 'contactOnly', false, 'provenance', 'observed', 'claimedOnly', false,
      'unverified', '{"actors": 0, "events": 0, "attempts": 0}'::jsonb, 'people', n % 500, 'actors', n % 700, 'events', n * 3,
      'attempts', n % 5, 'bytesOut', n * 1000::bigint, 'bytesIn', n * 5000::bigint, 'firstSeen', first, 'lastSeen', last, 'lastUsed', last,
      'learnedAt', last, 'openedAt', first, 'changedAt', last, 'resolvedAt', null, 'groups',
      (select jsonb_agg(jsonb_build_object('group', 'group-' || g, 'verdict', verdict, 'reason', 'as the rest', 'actors', 9,
        'events', 30)) from generate_series(1, 8) g))
    from generate_series(0, ${findings - 1}) n
      join bench_service s on s.place = n / 3
      cross join lateral (select s.id as service, (array['unknown', 'enterprise', 'personal'])[1 + n % 3] as kind, n % 101 as risk,
        (array['open', 'watched'])[1 + n % 2] as state, (array['unregistered', 'sanctioned'])[1 + n % 2] as verdict,
        ${Date.parse(firstDay)} + (n % 80) * 86400000::bigint as first, ${Date.parse(behind)} - 86400000::bigint as last) a
      cross join lateral (select s.id || '/' || kind as finding) b`);
  await run(`
    insert into finding_history (finding_id, at, kind, verdict_before, verdict, reason, chunk_id, inventory_hash, catalog_hash)
    select f.id, f.first_seen + h * 86400000::bigint, case h when 0 then 'opened' else 'changed' end, case h when 0 then null else 'in-review' end,
      f.verdict, 'why it is so', 1 + h, 'i', 'c'
    from finding f cross join generate_series(0, 3) h`);
}

async function fillEvidence(db: Db, { evidence, people }: Amounts, services: number): Promise<void> {
  if (evidence === 0) return;
  const run = (text: string) => sql.raw(text).execute(db);
  const chunks = days * chunksOfDay;
  await run(`
    insert into evidence (chunk_id, line, service, actor_kind, actor, actor_group, account_kind, strength, provenance, attempt, time, signature,
      reason, confidence, sha256, sample)
    select 1 + n % ${chunks}, 1 + n / ${chunks}, s.id, 'person', 'p-' || p, 'group-' || p % 400, (array['unknown', 'enterprise', 'personal'])[1 + n % 3],
      'visit', 'observed', n % 20 = 0, ${Date.parse(firstDay)} + n % ${chunks} / ${chunksOfDay} * 86400000::bigint + (n % 86400) * 1000, 'host:' || s.id,
      'The host is one of the service.', 'high', encode(sha256(n::text::bytea), 'hex'),
      '1763971200.123    456 10.' || p % 250 || '.7.9 TCP_MISS/200 4512 GET https://' || s.id || '.example/v1/chat p-' || p || ' HIER_DIRECT/203.0.113.9 text/html'
    from generate_series(0, ${evidence - 1}::bigint) n
      cross join lateral (select n * 7919 % ${people} as p) a
      join bench_service s on s.place = ${skewed('n', '0', services)}`);
}

async function fillAudit(db: Db, records: number): Promise<void> {
  const [page, start] = [5000, Date.parse(firstDay)];
  const step = Math.floor((days * 86_400_000) / Math.max(1, records));
  for (let at = 0; at < records; at += page)
    await appendAudits(
      db,
      Array.from({ length: Math.min(page, records - at) }, (_, n) => ({
        at: start + (at + n) * step,
        who: 'service',
        action: 'notice.sent',
        subject: `n_${String(at + n).padStart(32, '0')}`,
        details: { channel: 'soc', kind: 'finding.opened', about: `f_${at + n}`, attempts: 1 },
      })),
    );
}

async function fillRegisters(db: Db, { people, entries }: Amounts, services: readonly string[]): Promise<void> {
  const persons = Array.from(
    { length: people },
    (_, n): Person => ({
      id: `p-${n}`,
      email: `person.${n}@acme.example`,
      name: `Given${n % 1000} Family${n}`,
      group: `group-${n % 400}`,
      manager: `p-${n % 1000}`,
      aliases: [{ kind: 'user', value: `ACME\\u${n}` }],
      line: n + 2,
    }),
  );
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  await saveRegister(db, 'people', { hash: hash(`people ${people}`), body: persons }, Date.parse(firstDay));
  await notePeople(db, peopleText(persons), Date.parse(firstDay));
  const register = Array.from({ length: entries }, (_, n): InventoryEntry => entryOf(n, services));
  await db.transaction().execute((trx) =>
    setBaseInventory(
      trx,
      {
        hash: hash(`entries ${entries}`),
        entries: register,
        origin: 'file',
        name: 'bench.yaml',
        who: 'bench',
        why: '',
      },
      Date.parse(firstDay),
    ),
  );
}

const statuses = ['approved', 'denied', 'in-review', 'conditional', 'draft'] as const;

/** Every second service is named by an entry, as long as there are any. */
const entryOf = (n: number, services: readonly string[]): InventoryEntry => ({
  id: `entry-${n}`,
  name: `AI system ${n}`,
  kind: 'saas-copilot',
  services: [services[(n * 2) % services.length] ?? ''],
  workspaces: [],
  allowed_account: n % 2 === 0 ? 'enterprise' : 'any',
  allowed_groups: n % 10 === 0 ? [`group-${n % 400}`] : [],
  allowed_data_classes: [],
  business_owner: `person.${n}@acme.example`,
  approvers: [`person.${n + 1}@acme.example`, `person.${n + 2}@acme.example`],
  decided_by: [`person.${n + 1}@acme.example`, `person.${n + 2}@acme.example`],
  integration_points: [],
  tools: [],
  systems_reached: [],
  data_categories: ['internal'],
  sensitive_sources: {},
  prompt_templates: [],
  risk_tier: ((n % 3) + 1) as 1 | 2 | 3,
  status: statuses[n % statuses.length] ?? 'draft',
  approval_date: '2026-06-01',
  conditions: [],
  review_date: '2027-06-01',
});
