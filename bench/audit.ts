// npx tsx bench/audit.ts [--records N] [--url URL]: how fast the audit log is walked, and what an hour's checkpoint costs.
//
// The log lies in a database of its own on a PostgreSQL server. Answers are checked: the walk must find the records that were planted,
// their last hash and the one record that is then changed. The goal is 100,000 records a second for the whole walk.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { signerOf } from '../src/core/signed-note.js';
import { makeCheckpoint } from '../src/jobs/audit/checkpoint.js';
import { appendAudits } from '../src/store/audit.js';
import { walkAudit } from '../src/store/audit-walk.js';
import { defaultUrl, withDatabase } from './database.js';
import { count, failOn, seconds, table } from './print.js';

const { values } = parseArgs({
  options: { records: { type: 'string', default: '1000000' }, url: { type: 'string', default: defaultUrl } },
});
const records = Number(values.records);
const page = 5000;
const hour = 1000;
const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-audit-'));

const rows: string[][] = [['', 'records', 'seconds', 'records/s', 'cpu seconds here']];
async function measure<T>(name: string, of: number, work: () => Promise<T>): Promise<T> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const took = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  rows.push([name, count(of), seconds(took), count(of / took), seconds((user + system) / 1e6)]);
  return result;
}

await withDatabase(values.url, async ({ db }) => {
  const append = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at += page)
      await appendAudits(
        db,
        Array.from({ length: Math.min(page, to - at) }, (_, n) => ({
          at: 1_790_000_000_000 + at + n,
          who: 'service',
          action: 'notice.sent',
          subject: `n_${String(at + n).padStart(32, '0')}`,
          details: { channel: 'soc', kind: 'finding.opened', about: `f_${at + n}`, attempts: 1 },
        })),
      );
  };
  const parts = {
    db,
    signer: signerOf('halflight.bench/log', generateKeyPairSync('ed25519').privateKey),
    now: Date.now,
    log: { warn: () => {}, error: () => {} },
    audit: { channels: [], folder: join(folder, 'checkpoints'), copyTo: undefined },
    alarm: [],
  };
  await measure('append, in pages', records, () => append(0, records));
  await sql`analyze audit`.execute(db);
  await measure('first checkpoint', records, () => makeCheckpoint(parts, 1));
  await append(records, records + hour);
  await measure('checkpoint of an hour', hour, () => makeCheckpoint(parts, 2));
  await measure('checkpoint of an empty hour', 0, () => makeCheckpoint(parts, 3));
  const all = records + hour;
  const walked = await measure('verify the whole log', all, () => walkAudit(db));
  const last = await db.selectFrom('audit').select('hash').orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow();
  const bad = Math.floor(all * 0.9);
  await sql`alter table audit disable trigger user`.execute(db);
  await sql`update audit set who = 'eve' where seq = ${bad}`.execute(db);
  const found = await walkAudit(db);
  failOn('the walk', [
    ...(walked.records === all && walked.bad === undefined ? [] : [`${walked.records} records, ${walked.bad?.why}`]),
    ...(walked.head === last.hash ? [] : ['another last hash']),
    ...(found.bad?.index === bad - 1 ? [] : [`record ${found.bad?.index} instead of ${bad - 1}`]),
  ]);
  table(rows);
}).finally(() => rmSync(folder, { recursive: true, force: true }));
