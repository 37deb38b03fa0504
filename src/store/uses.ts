import { sql } from 'kysely';
import type { Use } from '../core/use.js';
import { batches } from './batches.js';
import type { Db } from './tables.js';
import type { DayRange } from './types.js';
import { count, day, indexedText, text } from './values.js';

/** Adds how a chunk's services are used. Part of `saveChunk`. */
export async function saveUses(db: Db, chunkId: number, uses: readonly Use[]): Promise<void> {
  for (const { from, rows } of batches(uses)) {
    await sql`
      insert into chunk_use (chunk_id, position, day, service, account_kind, kind, model, events)
      select ${chunkId}, ${from} + u.n, u.day, u.service, u.account_kind, u.kind, u.model, u.events
      from unnest(
        ${rows.map((u) => day(u.day))}::date[],
        ${rows.map((u) => indexedText(u.service))}::text[],
        ${rows.map((u) => u.accountKind)}::text[],
        ${rows.map((u) => u.kind)}::text[],
        ${rows.map((u) => text(u.model))}::text[],
        ${rows.map((u) => count(u.events))}::bigint[]
      ) with ordinality as u (day, service, account_kind, kind, model, events, n)`.execute(db);
  }
}

/** Kinds of use over all chunks and days of the range, by service, kind of account, kind and model; `day` is empty. */
export async function loadUses(db: Db, range: DayRange & { service?: string | undefined } = {}): Promise<Use[]> {
  const [from, to] = [range.from || null, range.to || null];
  const service = range.service ?? null;
  const { rows } = await sql<Omit<Use, 'accountKind' | 'day'> & { account_kind: Use['accountKind'] }>`
    select service, account_kind, kind, model,
      least(sum(events), ${Number.MAX_SAFE_INTEGER}::bigint)::bigint as events
    from (
      select day, service, account_kind, kind, model, events from chunk_use
      union all
      select day, service, account_kind, kind, '', events from expense where counted and events > 0) uses
    where (${from}::date is null or day >= ${from}::date)
      and (${to}::date is null or day <= ${to}::date)
      and (${from}::date is null and ${to}::date is null or day > '-infinity')
      and (${service}::text is null or service = ${service}::text)
    group by service, account_kind, kind, model
    order by service, account_kind, kind, model`.execute(db);
  return rows.map(({ account_kind: accountKind, ...row }) => ({ ...row, day: '', accountKind }));
}
