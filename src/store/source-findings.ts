import type { Db } from './tables.js';
import { text } from './values.js';

/** That a source says nothing, or much less than usual. */
export interface SourceFinding {
  source: string;
  kind: 'silent' | 'thin';
  state: 'open' | 'resolved';
  reason: string;
  numbers: Readonly<Record<string, number>>;
  openedAt: number;
  changedAt: number;
  resolvedAt: number | undefined;
  times: number;
}

export async function loadSourceFindings(db: Db): Promise<SourceFinding[]> {
  const rows = await db.selectFrom('source_finding').selectAll().orderBy('source').orderBy('kind').execute();
  return rows.map((row) => ({
    source: row.source,
    kind: row.kind,
    state: row.state,
    reason: row.reason,
    numbers: row.numbers,
    openedAt: row.opened_at,
    changedAt: row.changed_at,
    resolvedAt: row.resolved_at ?? undefined,
    times: row.times,
  }));
}

/** Opens, reopens, or resolves (`now` undefined) what is said of a source. The outcome is news; undefined: nothing changed. */
export async function noteSourceFinding(
  trx: Db,
  { source, kind }: Pick<SourceFinding, 'source' | 'kind'>,
  now: { reason: string; numbers: Readonly<Record<string, number>> } | undefined,
  at: number,
): Promise<'opened' | 'resolved' | undefined> {
  const row = await trx
    .selectFrom('source_finding')
    .select(['state', 'times'])
    .where('source', '=', source)
    .where('kind', '=', kind)
    .forUpdate()
    .executeTakeFirst();
  if (now === undefined) {
    if (row?.state !== 'open') return undefined;
    await trx
      .updateTable('source_finding')
      .set({ state: 'resolved', resolved_at: at, changed_at: at })
      .where('source', '=', source)
      .where('kind', '=', kind)
      .execute();
    return 'resolved';
  }
  const said = { reason: text(now.reason), numbers: JSON.stringify(now.numbers) as unknown as Record<string, number> };
  if (row?.state === 'open') {
    await trx.updateTable('source_finding').set(said).where('source', '=', source).where('kind', '=', kind).execute();
    return undefined;
  }
  const opened = { ...said, state: 'open' as const, opened_at: at, changed_at: at, resolved_at: null };
  await trx
    .insertInto('source_finding')
    .values({ source, kind, ...opened })
    .onConflict((conflict) =>
      conflict.columns(['source', 'kind']).doUpdateSet({ ...opened, times: (row?.times ?? 0) + 1 }),
    )
    .execute();
  return 'opened';
}
