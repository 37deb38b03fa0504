import { hitRows } from '../../store/reads/bundle.js';
import { hitId } from '../format.js';
import { type BundleContext, instant, line } from './context.js';

/** evidence.ndjson: the kept records, each with what matched and why, and where it stands. */
export async function* hitLines({ trx, scope, people }: BundleContext): AsyncGenerator<string> {
  for await (const page of hitRows(trx, scope)) {
    for (const row of page) {
      const actor = { kind: row.actor_kind, id: row.actor, group: row.actor_group };
      const sample = people.mask(row.sample, actor);
      yield line({
        id: hitId(row.chunk, row.line, row.service),
        service: row.service,
        account_kind: row.account_kind,
        actor_kind: row.actor_kind,
        actor: people.actor(actor),
        group: people.group(actor),
        strength: row.strength,
        provenance: row.provenance,
        attempt: row.attempt,
        time: instant(row.time),
        chunk: row.chunk,
        chunk_sha256: row.chunk_sha256,
        line: row.line,
        signature: row.signature,
        reason: people.mask(row.reason, actor),
        confidence: row.confidence,
        record_sha256: row.sha256,
        sample,
        sample_masked: sample !== row.sample,
      });
    }
  }
}
