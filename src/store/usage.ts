import { sql } from 'kysely';
import type { AccountKind, Confidence, Strength } from '../core/hit.js';
import type { ActorKind, Usage } from '../core/usage.js';
import { batches } from './batches.js';
import type { Db } from './tables.js';
import type { DayRange } from './types.js';
import { count, day, indexedText, spend, text, time } from './values.js';

/** Adds a chunk's share of the roll-up. Part of `saveChunk`. */
export async function saveUsage(db: Db, chunkId: number, usage: readonly Usage[]): Promise<void> {
  for (const { from, rows } of batches(usage)) {
    await sql`
      insert into usage (chunk_id, position, day, service, actor_kind, actor, actor_group, source, account_kind, strength,
        confidence, events, attempts, bytes_out, bytes_in, spend, first, last)
      select ${chunkId}, ${from} + u.n, u.day, u.service, u.actor_kind, u.actor, u.actor_group, u.source, u.account_kind,
        u.strength, u.confidence, u.events, u.attempts, u.bytes_out, u.bytes_in, u.spend::jsonb, u.first, u.last
      from unnest(
        ${rows.map((u) => day(u.day))}::date[],
        ${rows.map((u) => indexedText(u.service))}::text[],
        ${rows.map((u) => u.actor.kind)}::text[],
        ${rows.map((u) => text(u.actor.id))}::text[],
        ${rows.map((u) => text(u.actor.group))}::text[],
        ${rows.map((u) => text(u.source))}::text[],
        ${rows.map((u) => u.accountKind)}::text[],
        ${rows.map((u) => u.strength)}::text[],
        ${rows.map((u) => u.confidence)}::text[],
        ${rows.map((u) => count(u.events))}::bigint[],
        ${rows.map((u) => count(u.attempts))}::bigint[],
        ${rows.map((u) => count(u.bytesOut))}::bigint[],
        ${rows.map((u) => count(u.bytesIn))}::bigint[],
        ${rows.map((u) => spend(u.spend))}::text[],
        ${rows.map((u) => time(u.first))}::bigint[],
        ${rows.map((u) => time(u.last))}::bigint[]
      ) with ordinality as u (day, service, actor_kind, actor, actor_group, source, account_kind, strength, confidence,
        events, attempts, bytes_out, bytes_in, spend, first, last, n)`.execute(db);
  }
}

interface UsageRow {
  day: string | null;
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  source: string;
  account_kind: AccountKind;
  strength: Strength;
  confidence: Confidence;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  spends: Record<string, number>[] | null;
  first: number | null;
  last: number | null;
}

/**
 * The roll-up over all chunks, one row per day x service x actor x source x account kind x strength, in that order;
 * undated rows come first. An actor whose group changed between chunks has a row for each group.
 */
export async function loadUsage(db: Db, range: DayRange = {}): Promise<Usage[]> {
  const from = range.from === '' ? undefined : range.from;
  const to = range.to === '' ? undefined : range.to;
  // A sum of bigint is numeric in PostgreSQL and may exceed what a number holds: it is cut there, absurd as it is.
  const sum = (column: string) =>
    sql`least(sum(u.${sql.ref(column)}), ${Number.MAX_SAFE_INTEGER}::bigint)::bigint as ${sql.ref(column)}`;
  const { rows } = await sql<UsageRow>`
    select u.day, u.service, u.actor_kind, u.actor, u.actor_group, u.source, u.account_kind, u.strength,
      (array['low', 'medium', 'high'])[max(array_position(array['low', 'medium', 'high'], u.confidence))] as confidence,
      ${sum('events')}, ${sum('attempts')}, ${sum('bytes_out')}, ${sum('bytes_in')},
      jsonb_agg(u.spend) filter (where u.spend <> '{}') as spends,
      min(u.first) as first, max(u.last) as last
    from usage u
    where (${from ?? null}::date is null or u.day >= ${from ?? null}::date)
      and (${to ?? null}::date is null or u.day <= ${to ?? null}::date)
    group by u.day, u.service, u.actor_kind, u.actor, u.actor_group, u.source, u.account_kind, u.strength
    order by u.day nulls first, u.service, u.actor_kind, u.actor, u.actor_group, u.source, u.account_kind, u.strength
  `.execute(db);
  return rows.map((row) => ({
    day: row.day ?? '',
    service: row.service,
    actor: { kind: row.actor_kind, id: row.actor, group: row.actor_group },
    source: row.source,
    accountKind: row.account_kind,
    strength: row.strength,
    confidence: row.confidence,
    events: row.events,
    attempts: row.attempts,
    bytesOut: row.bytes_out,
    bytesIn: row.bytes_in,
    spend: addUp(row.spends ?? []),
    first: row.first ?? undefined,
    last: row.last ?? undefined,
  }));
}

function addUp(spends: readonly Record<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of spends) {
    for (const [currency, amount] of Object.entries(one)) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
