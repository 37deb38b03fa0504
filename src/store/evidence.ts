import { sql } from 'kysely';
import type { Evidence } from '../core/usage.js';
import { batches } from './batches.js';
import type { Db } from './tables.js';
import type { TimeRange } from './types.js';
import { count, indexedText, text, time } from './values.js';

/** Adds a chunk's sample of records; of several for one line and service the first stays. Part of `saveChunk`. */
export async function saveEvidence(db: Db, chunkId: number, evidence: readonly Evidence[]): Promise<void> {
  for (const { rows } of batches(evidence)) {
    await sql`
      insert into evidence (chunk_id, line, service, actor_kind, actor, actor_group, account_kind, strength, provenance, attempt,
        time, signature, reason, confidence, sha256, sample)
      select ${chunkId}, e.line, e.service, e.actor_kind, e.actor, e.actor_group, e.account_kind, e.strength, e.provenance,
        e.attempt, e."time", e.signature, e.reason, e.confidence, e.sha256, e.sample
      from unnest(
        ${rows.map((e) => count(e.line))}::bigint[],
        ${rows.map((e) => indexedText(e.service))}::text[],
        ${rows.map((e) => e.actor.kind)}::text[],
        ${rows.map((e) => text(e.actor.id))}::text[],
        ${rows.map((e) => text(e.actor.group))}::text[],
        ${rows.map((e) => e.accountKind)}::text[],
        ${rows.map((e) => e.strength)}::text[],
        ${rows.map((e) => e.provenance)}::text[],
        ${rows.map((e) => e.attempt)}::boolean[],
        ${rows.map((e) => time(e.time))}::bigint[],
        ${rows.map((e) => text(e.signature))}::text[],
        ${rows.map((e) => text(e.reason))}::text[],
        ${rows.map((e) => e.confidence)}::text[],
        ${rows.map((e) => text(e.sha256))}::text[],
        ${rows.map((e) => text(e.sample))}::text[]
      ) with ordinality as e (line, service, actor_kind, actor, actor_group, account_kind, strength, provenance, attempt, "time",
        signature, reason, confidence, sha256, sample, n)
      order by e.n
      on conflict do nothing`.execute(db);
  }
}

/**
 * The kept records in the order of time, chunk key and line (undated ones last): the order in which a sample over
 * several chunks is drawn, so it does not depend on who saved first.
 */
export async function loadEvidence(
  db: Db,
  filter: TimeRange & { service?: string | undefined } = {},
): Promise<Evidence[]> {
  let query = db
    .selectFrom('evidence')
    .innerJoin('chunk', 'chunk.id', 'evidence.chunk_id')
    .selectAll('evidence')
    .select('chunk.name as file');
  if (filter.service !== undefined) query = query.where('service', '=', indexedText(filter.service));
  if (filter.since !== undefined) query = query.where('time', '>=', filter.since);
  if (filter.until !== undefined) query = query.where('time', '<', filter.until);
  const rows = await query
    .orderBy('time', (order) => order.asc().nullsLast())
    .orderBy('chunk.key')
    .orderBy('line')
    .orderBy('service')
    .execute();
  return rows.map((row) => ({
    service: row.service,
    actor: { kind: row.actor_kind, id: row.actor, group: row.actor_group },
    accountKind: row.account_kind,
    strength: row.strength,
    provenance: row.provenance,
    attempt: row.attempt,
    time: row.time ?? undefined,
    file: row.file,
    line: row.line,
    signature: row.signature,
    reason: row.reason,
    confidence: row.confidence,
    sha256: row.sha256,
    sample: row.sample,
  }));
}
