import { type RawBuilder, sql } from 'kysely';
import type { FindingState } from '../../core/finding-state.js';
import type { AccountKind, Strength } from '../../core/hit.js';
import type { Provenance } from '../../core/provenance.js';
import type { Db } from '../tables.js';
import { undated } from '../values.js';
import { groupBy } from './group.js';

/** Sums of a roll-up. */
export interface Sums {
  events: number;
  attempts: number;
  bytesOut: number;
  bytesIn: number;
}

/** The use of one service in a range of days, summed by one thing at a time. Nobody who used it is in it. */
export interface ServiceUsage {
  total: Sums;
  /** Use in no range, as its records hold no time. */
  undated: Sums;
  days: ({ day: string } & Sums)[];
  sources: ({ source: string } & Sums)[];
  accountKinds: ({ accountKind: AccountKind } & Sums)[];
  strengths: ({ strength: Strength } & Sums)[];
  provenances: ({ provenance: Provenance } & Sums)[];
}

/** Days `YYYY-MM-DD`, both inclusive. */
export interface Days {
  from: string;
  to: string;
}

// A sum of bigint may exceed what a number holds: it is cut there, absurd as it is.
const capped = (column: string): RawBuilder<number> =>
  sql`least(coalesce(sum(${sql.ref(column)}), 0), ${sql.lit(Number.MAX_SAFE_INTEGER)})::bigint`;
const sums = sql`${capped('events')} as events, ${capped('attempts')} as attempts,
  ${capped('bytes_out')} as "bytesOut", ${capped('bytes_in')} as "bytesIn"`;

/** The daily roll-up of one service. */
export async function loadServiceUsage(db: Db, service: string, { from, to }: Days): Promise<ServiceUsage> {
  const { rows } = await sql<
    {
      day: string | null;
      source: string | null;
      accountKind: AccountKind | null;
      strength: Strength | null;
      provenance: Provenance | null;
    } & Sums
  >`
    select day, source, account_kind as "accountKind", strength, provenance, ${sums}
    from usage_day where service = ${service} and day between ${from}::date and ${to}::date
    group by grouping sets ((), (day), (source), (account_kind), (strength), (provenance))
    order by day, source, account_kind, strength, provenance`.execute(db);
  const none = await sql<Sums>`
    select ${sums} from usage_day where service = ${service} and day = ${undated}`.execute(db);
  const usage: ServiceUsage = {
    total: zero,
    undated: none.rows[0] ?? zero,
    days: [],
    sources: [],
    accountKinds: [],
    strengths: [],
    provenances: [],
  };
  for (const { day, source, accountKind, strength, provenance, ...row } of rows) {
    if (day !== null) usage.days.push({ day, ...row });
    else if (source !== null) usage.sources.push({ source, ...row });
    else if (accountKind !== null) usage.accountKinds.push({ accountKind, ...row });
    else if (strength !== null) usage.strengths.push({ strength, ...row });
    else if (provenance !== null) usage.provenances.push({ provenance, ...row });
    else usage.total = row;
  }
  return usage;
}

const zero: Sums = { events: 0, attempts: 0, bytesOut: 0, bytesIn: 0 };

/** A service on the front page. */
export interface TopService extends Sums {
  service: string;
  firstDay: string;
  lastDay: string;
  findings: { id: string; state: FindingState; verdict: string; risk: number }[];
}

/** Services by events in a range of days, with what was found about them. */
export async function loadTopServices(db: Db, { from, to }: Days, limit: number): Promise<TopService[]> {
  const { rows } = await sql<Omit<TopService, 'findings'>>`
    select service, ${sums}, min(day) as "firstDay", max(day) as "lastDay"
    from usage_service_day where day between ${from}::date and ${to}::date
    group by service order by events desc, attempts desc, service limit ${limit}`.execute(db);
  if (rows.length === 0) return [];
  const found = await db
    .selectFrom('finding')
    .select(['service', 'id', 'state', 'verdict', 'risk'])
    .where(
      'service',
      'in',
      rows.map((row) => row.service),
    )
    .orderBy('risk', 'desc')
    .orderBy('id')
    .execute();
  const byService = groupBy(found, (row) => row.service);
  return rows.map((row) => ({
    ...row,
    findings: (byService.get(row.service) ?? []).map(({ service: _service, ...finding }) => finding),
  }));
}
