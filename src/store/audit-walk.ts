import { sql } from 'kysely';
import type { ChainRecord } from '../core/audit-chain.js';
import { ChainWalk, type Known, type Walked, type WalkStart } from '../core/audit-walk.js';
import { acceptedLosses } from './audit-losses.js';
import type { Db } from './tables.js';

// Reads the audit log for a walk over it. The plain way takes records and tells what is wrong with one; the fast way takes pages of text
// that PostgreSQL has put together, and says only that all is well. Where it does not say so, the plain way looks at the same rows.

const pageRecords = 5000;

/**
 * The records from `from` on (undefined: all, whatever their number) as `ChainWalk.addLines` takes them, and how many rows they are.
 *
 * A page as one text is read in half the time of its rows, and PostgreSQL writes a text in JSON as docs/audit.md says that it is hashed,
 * so that nothing has to be read out of it and written again: 2.5 microseconds of a processor a record in the database and 2.6 here, where
 * pages of JSON took 3.4 and 5.9.
 */
export async function linePage(db: Db, from: number | undefined): Promise<{ rows: number; lines: string }> {
  const { rows } = await sql<{ rows: number; lines: string | null }>`
    select count(*)::int as rows,
      string_agg(
        '[' || seq || ',' || at || ',' || to_json(who) || ',' || to_json(action) || ',' || to_json(subject) || ','
          || to_json(details) || ',"' || previous || '"]' || hash,
        E'\n'
      ) as lines
    from (select * from audit where ${isFrom(from)} order by audit.seq limit ${pageRecords}) records`.execute(db);
  return { rows: rows[0]?.rows ?? 0, lines: rows[0]?.lines ?? '' };
}

/** The same records as they are kept. Numbers come as text: somebody may have written one that no number here can hold. */
async function recordPage(db: Db, from: number | undefined): Promise<ChainRecord[]> {
  const { rows } = await sql<Record<keyof ChainRecord, string>>`
    select seq::text, at::text, who, action, subject, details, previous, hash from audit
    where ${isFrom(from)} order by audit.seq limit ${pageRecords}`.execute(db);
  return rows.map((row) => ({ ...row, seq: Number(row.seq), at: Number(row.at) }));
}

const isFrom = (from: number | undefined) => (from === undefined ? sql`true` : sql`audit.seq >= ${from}`);

/**
 * Where to read on behind the records that were walked. The last of them comes again: another record by the same number, which PostgreSQL
 * keeps out as long as nobody takes its index away, would otherwise stand unseen between two pages.
 */
const behind = (walk: ChainWalk): number | undefined => (walk.size === 0 ? undefined : walk.size);

/**
 * Walks the log, from the first record on or from where an earlier walk ended, and holds it against checkpoints. The next page is fetched
 * while one is looked at.
 */
export async function walkAudit(db: Db, known: readonly Known[] = [], start?: WalkStart): Promise<Walked> {
  const walk = new ChainWalk(known, await acceptedLosses(db), start);
  let coming: ReturnType<typeof linePage> | undefined = linePage(db, behind(walk));
  try {
    while (coming !== undefined) {
      const { rows, lines }: Awaited<ReturnType<typeof linePage>> = await coming;
      const again = walk.size === 0 ? 0 : 1;
      coming = rows < pageRecords ? undefined : linePage(db, walk.size + rows - again);
      // Who looks may stop before it is awaited.
      coming?.catch(() => {});
      if (walk.addLines(lines, rows)) continue;
      await coming?.catch(() => {});
      const more = addRecords(walk, await recordPage(db, behind(walk)));
      coming = more ? linePage(db, behind(walk)) : undefined;
    }
  } finally {
    await coming?.catch(() => {});
  }
  return walk.end();
}

/** Adds records the plain way. False: there are no more, or one does not fit. */
function addRecords(walk: ChainWalk, records: readonly ChainRecord[]): boolean {
  const last = records.findIndex(({ seq, hash }) => seq === walk.size && hash === walk.head);
  return records.filter((_, at) => at !== last).every((record) => walk.add(record)) && records.length === pageRecords;
}
