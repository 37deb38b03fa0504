import { sql } from 'kysely';
import type { Gap } from '../core/chunk.js';
import type { Db } from './tables.js';
import { text } from './values.js';

// The coverage ledger: what of each source arrived in each hour of receipt and what became of it. "No data" is never shown as
// "no use".

export interface HourCounts {
  chunks: number;
  bytes: number;
  /** Records that arrived = landed + rejected + quarantined. */
  received: number;
  landed: number;
  rejected: number;
  quarantined: number;
  /** Pushes that were not taken. */
  refused: number;
  /** Lines or datagrams known to be missing. */
  missing: number;
  hits: number;
}

const hourOf = (time: number): number => Math.floor(time / 3_600_000);

/** Adds to a source's hour; negative where a replay takes back. */
export async function addToHour(db: Db, source: string, at: number, more: Partial<HourCounts>): Promise<void> {
  const c = { ...zero, ...more };
  await sql`
    insert into source_hour as h (source, hour, chunks, bytes, received, landed, rejected, quarantined, refused, missing, hits)
    values (${source}, ${hourOf(at)}, ${c.chunks}, ${c.bytes}, ${c.received}, ${c.landed}, ${c.rejected}, ${c.quarantined},
      ${c.refused}, ${c.missing}, ${c.hits})
    on conflict (source, hour) do update set chunks = h.chunks + excluded.chunks, bytes = h.bytes + excluded.bytes,
      received = h.received + excluded.received, landed = h.landed + excluded.landed,
      rejected = h.rejected + excluded.rejected, quarantined = h.quarantined + excluded.quarantined,
      refused = h.refused + excluded.refused, missing = h.missing + excluded.missing, hits = h.hits + excluded.hits`.execute(
    db,
  );
}

const zero: HourCounts = {
  chunks: 0,
  bytes: 0,
  received: 0,
  landed: 0,
  rejected: 0,
  quarantined: 0,
  refused: 0,
  missing: 0,
  hits: 0,
};

/** Keeps what is known to be missing. */
export async function saveGaps(db: Db, source: string, gaps: readonly Gap[]): Promise<void> {
  for (const gap of gaps) {
    await db
      .insertInto('source_gap')
      .values({ source, at: gap.at, why: text(gap.why), lines: gap.lines ?? null, bytes: gap.bytes ?? null })
      .execute();
    if (gap.lines !== undefined && gap.lines > 0) await addToHour(db, source, gap.at, { missing: gap.lines });
  }
}

/** Records by hour of a source, newest last. */
export async function loadHours(db: Db, source: string, since: number): Promise<(HourCounts & { hour: number })[]> {
  const rows = await db
    .selectFrom('source_hour')
    .selectAll()
    .where('source', '=', source)
    .where('hour', '>=', hourOf(since))
    .orderBy('hour')
    .execute();
  return rows.map(({ source: _source, ...row }) => row);
}

/** Sums over all time, by source: for metrics. */
export async function loadTotals(db: Db): Promise<(HourCounts & { source: string })[]> {
  const { rows } = await sql<HourCounts & { source: string }>`
    select source, sum(chunks)::bigint as chunks, sum(bytes)::bigint as bytes, sum(received)::bigint as received,
      sum(landed)::bigint as landed, sum(rejected)::bigint as rejected, sum(quarantined)::bigint as quarantined,
      sum(refused)::bigint as refused, sum(missing)::bigint as missing, sum(hits)::bigint as hits
    from source_hour group by source order by source`.execute(db);
  return rows;
}

export async function loadGaps(
  db: Db,
  source: string,
  limit: number,
): Promise<{ at: number; why: string; lines: number | null; bytes: number | null }[]> {
  return db
    .selectFrom('source_gap')
    .select(['at', 'why', 'lines', 'bytes'])
    .where('source', '=', source)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
