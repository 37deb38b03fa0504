import { chunkRows, coverageRows } from '../../store/reads/bundle.js';
import { type BundleContext, instant, line } from './context.js';

/** chunks.ndjson: the pieces of input, each with its hash and with what became of all its records. */
export async function* chunkLines({ trx, scope, people }: BundleContext): AsyncGenerator<string> {
  for await (const page of chunkRows(trx, scope)) {
    for (const row of page)
      yield line({
        chunk: row.key,
        source: row.source,
        name: people.mask(row.name),
        sha256: row.sha256,
        state: row.state,
        bytes: row.bytes,
        lines: row.lines,
        records: row.records,
        records_with_events: row.with_events,
        skipped: row.skipped,
        rejected: row.rejected,
        rejects: row.rejects ?? {},
        events: row.events,
        format: row.format,
        rules: row.catalog_hash,
        first: instant(row.first),
        last: instant(row.last),
        received: instant(row.received_at),
        part: row.parent === null ? null : { of: row.parent, from_record: row.part_start, to_record: row.part_end },
      });
  }
}

const times = new Set(['since', 'last_data_at', 'last_event_at', 'hour', 'at', 'opened_at', 'resolved_at']);

/** coverage.ndjson: what came of each source in each hour, what is known to be missing, and when a source was silent. */
export async function* coverageLines({ trx, scope }: BundleContext): AsyncGenerator<string> {
  for await (const page of coverageRows(trx, scope))
    for (const row of page)
      yield line(
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, times.has(name) ? instant(value as number | null) : value]),
        ),
      );
}
