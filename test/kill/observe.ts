import { createHash } from 'node:crypto';
import { type Account, emptyAccount } from './counter.js';
import type { Hook } from './hook.js';
import type { Site } from './site.js';

// What the database says in the end, read with SQL of the test's own.

/** What still waits for something, in words; empty: nothing. */
export async function pending(site: Site): Promise<string[]> {
  const [row] = await site.query<Record<string, string>>(`
    select (select count(*) from chunk where state = 'pending') as chunks,
      (select count(*) from reconcile_due) as services,
      (select count(*) from outbox where state = 'pending') as deliveries,
      (select count(*) from job_run where state in ('queued', 'running')) as slots`);
  return Object.entries(row ?? {})
    .filter(([, count]) => count !== '0')
    .map(([what, count]) => `${count} ${what}`);
}

/** What came out, in the shape of the counter. */
export async function observed(site: Site): Promise<Account> {
  const account = emptyAccount();
  const usage = await site.query<{
    key: string;
    events: string;
    attempts: string;
    bytes_in: string;
    bytes_out: string;
  }>(`
    select service || '|' || actor || '|' || day::text as key, sum(events) as events, sum(attempts) as attempts,
      sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out
    from usage group by 1`);
  for (const row of usage)
    account.usage.set(row.key, {
      events: Number(row.events),
      attempts: Number(row.attempts),
      bytesIn: Number(row.bytes_in),
      bytesOut: Number(row.bytes_out),
    });
  const sources = await site.query<{ source: string; records: string; rejected: string; hits: string }>(`
    select source, sum(records) as records, sum(rejected) as rejected, sum(hits) as hits from chunk
    where state <> 'split' group by source having sum(records) > 0`);
  for (const row of sources)
    account.sources.set(row.source, {
      records: Number(row.records),
      rejected: Number(row.rejected),
      hits: Number(row.hits),
    });
  const findings = await site.query<{ service: string; first: string; last: string; verdict: string }>(
    `select service, first_seen as first, last_seen as last, verdict from finding where id = service || '/unknown'`,
  );
  for (const row of findings)
    account.services.set(row.service, {
      first: Number(row.first),
      last: Number(row.last),
      used: row.verdict !== 'attempted',
    });
  return account;
}

/** What must be so whatever was counted: each sentence is a broken promise. */
export async function broken(site: Site, hook: Hook, approved: ReadonlySet<string>): Promise<string[]> {
  const sentences = [...hook.wrong];
  const claim = async (statement: string, sentence: (row: Record<string, string>) => string): Promise<void> => {
    for (const row of await site.query<Record<string, string>>(statement)) sentences.push(sentence(row));
  };
  await claim(
    `select key, records, with_events + skipped + rejected as parts from chunk where records <> with_events + skipped + rejected`,
    (row) => `chunk ${row.key}: ${row.records} records are ${row.parts} with events, skips and rejects`,
  );
  await claim(
    `select c.source, c.records, h.received, h.parts, h.hits, c.hits as chunk_hits from
       (select source, sum(records) as records, sum(hits) as hits from chunk where state <> 'split' group by source) c join
       (select source, sum(received) as received, sum(landed + rejected + quarantined) as parts, sum(hits) as hits
        from source_hour group by source) h using (source)
     where c.records <> h.received or h.received <> h.parts or c.hits <> h.hits`,
    (row) => `ledger of ${row.source}: ${JSON.stringify(row)}`,
  );
  await claim(
    `select u.service, u.day::text, u.events, d.events as by_day from
       (select service, day, sum(events) as events from usage group by 1, 2) u full join
       (select service, day, sum(events) as events from usage_day group by 1, 2) d using (service, day)
     where u.events is distinct from d.events`,
    (row) => `use by day of ${row.service} on ${row.day}: ${row.by_day}, by actor ${row.events}`,
  );
  await claim(`select key from chunk group by key having count(*) > 1`, (row) => `chunk ${row.key} is there twice`);
  await claim(
    `select key, state, error from chunk where state not in ('done', 'split', 'pending')`,
    (row) => `chunk ${row.key} is ${row.state}: ${row.error}`,
  );
  await claim(`select source, why from source_gap`, (row) => `gap of ${row.source}: ${row.why}`);
  await claim(
    `select notice_id, state, why from outbox where state <> 'sent'`,
    (row) => `notice ${JSON.stringify(row)}`,
  );
  await claim(
    `select job, slot, state from job_run where state <> 'done'`,
    (row) => `slot ${row.slot} of ${row.job} is ${row.state}`,
  );
  for (const row of await site.query<{ service: string; verdict: string }>(`select service, verdict from finding`)) {
    if (row.verdict === 'attempted') continue;
    const must = approved.has(row.service) ? 'sanctioned' : 'unregistered';
    if (row.verdict !== must) sentences.push(`finding of ${row.service}: must be ${must}, is ${row.verdict}`);
  }
  const notices = await site.query<{ id: string }>(`select notice_id as id from outbox`);
  const sent = new Set(notices.map(({ id }) => id));
  for (const id of sent) if (!hook.effects.has(id)) sentences.push(`notice ${id} never took effect`);
  for (const id of hook.effects.keys())
    if (!sent.has(id)) sentences.push(`notice ${id} took effect and is in no outbox`);
  return [...sentences, ...(await chainErrors(site))];
}

/** The audit chain, checked by its public rule: SHA-256 over the JSON array of all fields, each with the hash before it. */
async function chainErrors(site: Site): Promise<string[]> {
  interface Row extends Record<string, string> {
    seq: string;
    at: string;
    who: string;
    action: string;
    subject: string;
    details: string;
    previous: string;
    hash: string;
  }
  let [seq, before] = [0, '0'.repeat(64)];
  for (const row of await site.query<Row>('select * from audit order by seq')) {
    seq++;
    const { at, who, action, subject, details, previous } = row;
    const hash = createHash('sha256')
      .update(JSON.stringify([Number(row.seq), Number(at), who, action, subject, details, previous]))
      .digest('hex');
    if (Number(row.seq) !== seq || previous !== before || hash !== row.hash)
      return [`audit record ${seq} does not fit`];
    before = row.hash;
  }
  return [];
}
