import { sql } from 'kysely';
import { leafHash, MerkleTree } from '../../../src/core/merkle.js';
import type { Notice } from '../../../src/core/notice.js';
import { savePass } from '../../../src/store/actor-resolution.js';
import { saveLeases } from '../../../src/store/address-leases.js';
import { addAlertSteps, saveAlert } from '../../../src/store/alerts.js';
import { appendAudit } from '../../../src/store/audit.js';
import { addVersion, saveFeed } from '../../../src/store/blocklists.js';
import { decideCandidate } from '../../../src/store/candidate-decisions.js';
import { keepCheckpoint } from '../../../src/store/checkpoints.js';
import { chunkKey, saveChunk } from '../../../src/store/chunks.js';
import { insertDecision, markSeconded } from '../../../src/store/decisions.js';
import { addDevice } from '../../../src/store/devices.js';
import { setHold } from '../../../src/store/holds.js';
import { registerInstance } from '../../../src/store/instances.js';
import { commitBatch, takeOver } from '../../../src/store/intake.js';
import { noteBeginning, noteSlot } from '../../../src/store/job-runs.js';
import { addNudge } from '../../../src/store/nudges.js';
import { addNotice, settleDelivery, takeDeliveries } from '../../../src/store/outbox.js';
import { notePeople, peopleText } from '../../../src/store/person-history.js';
import { noteRegisterTrouble } from '../../../src/store/register-trouble.js';
import { saveRegister } from '../../../src/store/registers.js';
import { saveReport } from '../../../src/store/reports.js';
import { noteSourceFinding } from '../../../src/store/source-findings.js';
import { beginCollecting } from '../../../src/store/sources.js';
import type { Db } from '../../../src/store/tables.js';
import { addToken } from '../../../src/store/tokens.js';
import { foldShares } from '../../../src/store/traces.js';
import { seed } from '../../api/helpers/seed.js';
import { alert } from './alert.js';
import { chunk, evidence, noon, usage } from './results.js';

/** Texts that are hard to carry: quotes, line ends, what JSON, CSV and SQL escape, all of Unicode. */
const odd = 'a "b" \\ \n\r\t\u0001 \u2028 \ud83d\ude80 \u00e9 {"a":1} \\N \\x41 %s $1 <b>';

/** A month `YYYY-MM` that has a partition whenever the tests run: only months near now have. */
export function monthsAgo(months: number): string {
  const date = new Date();
  date.setUTCMonth(date.getUTCMonth() - months, 1);
  return date.toISOString().slice(0, 7);
}

/** Bytes that no text could carry, too many for one page of an export. */
export const rawInput = (part: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: 2_200_000 }, (_, i) => (i * 7 + (i >> 8) + part) & 255));

const notice = (id: string): Notice => ({
  id,
  kind: 'finding.opened',
  subject: 'finding chatgpt/personal',
  at: noon,
  title: odd,
  text: odd,
  severity: 'high',
  details: { n: 1.5, odd },
});

/** Fills every table through the functions that the service uses. */
export async function fillWhole(db: Db): Promise<void> {
  await seed(db);
  const decided = { kind: 'host', subject: odd, who: 'cli:ada', at: noon } as const;
  await decideCandidate(db, { ...decided, action: 'dismissed', why: odd });
  await decideCandidate(db, { ...decided, action: 'asked', question: odd, about: `user ${odd}` }, 'user-abcd2345');
  // More rows than a page has, of several months, and numbers as large as they get.
  await saveChunk(
    db,
    chunk('many', {
      source: 'proxy',
      name: odd,
      rejects: new Map([[odd, 1]]),
      usage: Array.from({ length: 700 }, (_, i) =>
        usage({
          day: i % 50 === 0 ? '' : `${monthsAgo(i % 11)}-07`,
          actor: { kind: 'user', id: `user-${i} ${odd}`, group: i % 3 === 0 ? odd : '' },
          source: 'proxy',
          bytesOut: Number.MAX_SAFE_INTEGER,
          spend: new Map(i % 7 === 0 ? [['EUR', -Number.MAX_SAFE_INTEGER + i]] : []),
          first: i % 5 === 0 ? undefined : noon + i,
        }),
      ),
      expenses: [
        { identity: odd, use: 'account', usage: usage({ strength: 'payment', spend: new Map([['EUR', -1]]) }) },
      ],
      evidence: Array.from({ length: 300 }, (_, i) => evidence({ line: i + 1, sample: `${odd} ${i}` })),
    }),
  );
  await saveChunk(
    db,
    chunk('old', { usage: [usage({ actor: { kind: 'user', id: odd, group: odd }, spend: new Map([['EUR', -1]]) })] }),
  );
  await foldShares(db, sql`k.key = ${chunkKey(chunk('old'))}`);
  const [waiting = 0] = await takeOver(
    db,
    '11111111-1111-4111-8111-111111111111',
    [{ sequence: 4, source: 'firewall', pushKey: odd }],
    async () => [
      {
        key: 'push 1',
        place: undefined,
        prime: undefined,
        name: odd,
        size: 6_600_000,
        modified: noon,
        source: 'firewall',
        receivedAt: noon,
        parts: (async function* () {
          for (let part = 0; part < 3; part++) yield rawInput(part);
        })(),
      },
    ],
    noon,
  );
  // One that was read keeps its input for a replay.
  const [read = 0] = await takeOver(
    db,
    '22222222-2222-4222-8222-222222222222',
    [{ sequence: 1, source: 'firewall', pushKey: undefined }],
    async () => [
      {
        key: 'push 2',
        place: undefined,
        prime: undefined,
        name: 'read',
        size: 5,
        modified: noon,
        source: 'firewall',
        receivedAt: noon,
        parts: (async function* () {
          yield Buffer.from('read\0');
        })(),
      },
    ],
    noon,
  );
  await sql`update chunk set state = 'done' where id = ${read}`.execute(db);
  await sql`update chunk set lease_owner = ${'33333333-3333-4333-8333-333333333333'} where id = ${waiting}`.execute(db);
  const { fence = 0 } = (await beginCollecting(db, 'proxy', noon)) ?? {};
  const kept = await commitBatch(
    db,
    { source: 'proxy', fence },
    {
      chunks: [],
      records: [{ name: odd, records: [{ id: odd, at: noon, text: odd }] }],
      states: [{ kind: 'grants', run: 'r', items: [{ id: odd, body: { odd } }], complete: true }],
      cursor: new Map([[odd, odd]]),
      gaps: [{ at: noon, why: odd, lines: 3, bytes: undefined }],
    },
    noon,
  );
  await sql`update chunk set state = 'done' where id = ${kept?.ids[0] ?? 0}`.execute(db);
  await noteSourceFinding(db, { source: 'proxy', kind: 'silent' }, { reason: odd, numbers: { hours: 1.25 } }, noon);
  for (const [id, scope] of [
    ['reader', 'read'],
    ['pusher', 'push'],
    ['firewall', 'feed'],
  ] as const)
    await addToken(
      db,
      { id, scope, source: scope === 'push' ? 'proxy' : undefined, hash: 'ab'.repeat(32), createdAt: noon },
      'cli:ada',
    );
  for (const id of ['n1', 'n2']) await addNotice(db, notice(id), ['hook', 'mail'], noon);
  const me = await registerInstance(db, 'serve', '0.0.0', noon);
  const [first] = await takeDeliveries(db, { channel: 'hook', owner: me, now: noon, limit: 1 });
  const tree = new MerkleTree();
  tree.add(leafHash(Buffer.alloc(32, 7)));
  await keepCheckpoint(db, { epoch: 1, at: noon }, { tree, note: odd, slot: 1 });
  await settleDelivery(db, first?.id ?? 0, me, { state: 'refused', why: odd, now: noon });
  await addDevice(
    db,
    {
      id: 'Ab3dEf6hIj9l',
      source: 'browsers',
      hash: 'ab'.repeat(32),
      identity: 'policy',
      user: odd,
      name: undefined,
      agent: 'test/1',
      token: 'abc',
      enrolledAt: noon,
    },
    { devices: 10, perHour: 10 },
  );
  await db.transaction().execute(async (trx) => {
    const lease = {
      address: '10.1.2.3',
      from: noon,
      seen: noon,
      to: noon + 1,
      ended: false,
      user: odd,
      device: '',
      mac: '',
    };
    await saveLeases(trx, { leases: [lease], ends: [], dropped: 0 });
    const counts = { actors: 1, moved: 0, rows: 0, ambiguous: 0, held: 0 };
    const after = { kind: 'user' as const, id: odd };
    await savePass(trx, {
      people: 'h',
      leases: 1,
      scope: 'all',
      step: 'actors',
      after,
      afterCandidate: undefined,
      counts,
    });
  });
  await saveAlert(db, alert({ title: odd, details: { odd }, pending: [{ news: 'opened', at: noon }] }));
  await addAlertSteps(db, [{ alert: alert().id, at: noon, kind: 'opened', why: odd }]);
  await sql`insert into alert_fact (scope, at, facts) values ('service/chatgpt', 1, ${JSON.stringify({ odd })}::jsonb)`.execute(
    db,
  );
  const report = { list: 'board', role: 'manager', group: odd, names: true, period: '2026-W41', edition: 1 } as const;
  const made = { from: '2026-10-05', to: '2026-10-11', catalogHash: 'c', inventoryHash: 'h', hash: 'ab', at: noon };
  await db.transaction().execute((trx) => saveReport(trx, { ...report, ...made }, JSON.stringify({ title: odd })));
  await setHold(db, { scope: { service: 'chatgpt', from: '2026-01-01' }, reason: odd, who: 'cli:ada', at: noon });
  await saveRegister(db, 'inventory', { hash: 'h', body: [{ odd, big: 1e21, tiny: 1e-9, nothing: null }] }, noon);
  await sql`insert into inventory_version (hash, entries, body) values ('v', 1, ${JSON.stringify([{ odd: 'x\u2028' }])})`.execute(
    db,
  );
  await sql`
    insert into inventory_load (hash, origin, name, who, why, loaded_at) values ('v', 'import', ${odd}, ${odd}, ${odd}, 1)`.execute(
    db,
  );
  const body = { set: { status: 'denied', conditions: [odd] }, result: 'r' } as const;
  const decision = {
    subject: odd,
    entry: 'chat',
    action: 'deny',
    until: undefined,
    conditions: [odd],
    why: odd,
  } as const;
  const by = { who: odd, recordedBy: 'cli:ada', at: noon, baseHash: undefined, body };
  await markSeconded(db, await insertDecision(db, { ...decision, ...by }), 'max', noon);
  await insertDecision(db, { ...decision, ...by, until: '2027-01-01' });
  await addVersion(db, { version: listVersion(1, 'published'), body: Buffer.from([0, 255, 10]), changes: [] });
  await addVersion(db, {
    version: listVersion(2, 'pending'),
    body: Buffer.from(odd),
    changes: [{ sign: '+', text: odd, why: odd }],
  });
  await saveFeed(db, { format: 'squid', active: true, pinned: 1, keptWhy: odd, keptSince: noon });
  await noteRegisterTrouble(db, 'inventory', odd, noon);
  await notePeople(db, peopleText([{ id: odd, name: odd, group: odd }]), noon);
  await addNudge(db, { person: 'person-abcdefgh', service: odd, day: '2026-10-05' });
  await noteSlot(db, 'retention', 29_000_000);
  await noteBeginning(db, 'collect:proxy', 29_000_001, noon);
  for (let n = 0; n < 20; n++)
    await appendAudit(db, { at: noon, who: 'cli:ada', action: 'test.done', subject: odd, details: { n, odd } });
  // JSON's null is another value than no value.
  await sql`insert into register (kind, hash, body, loaded_at) values ('people', 'p', 'null', 1)`.execute(db);
  // The last number that was given out is of a row that is gone.
  await sql`insert into reconcile_due (service, at) values ('a', 1), ('b', 1), ('c', 1)`.execute(db);
  await sql`delete from reconcile_due where service = 'c'`.execute(db);
}

const listVersion = (version: number, state: 'published' | 'pending') => ({
  format: 'squid',
  version,
  state,
  day: '2026-10-05',
  serial: 1_795_000_000 + version,
  entries: 1,
  entriesHash: 'ab'.repeat(32),
  bodyHash: 'cd'.repeat(32),
  base: undefined,
  added: 1,
  removed: 0,
  inventoryHash: 'h',
  catalogHash: 'c',
  restores: undefined,
  waitsFor: state === 'pending' ? odd : undefined,
  madeAt: noon,
  madeBy: 'service',
  decidedAt: undefined,
  approvedBy: undefined,
  publishedAt: state === 'published' ? noon : undefined,
  note: state === 'published' ? odd : undefined,
});

/** Every row of every table as text, sorted, months too. Processes and the dates of the schema's steps are no data. */
export async function dumpWhole(db: Db): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%' and tablename <> 'instance'
    order by 1`.execute(db);
  const all: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(db);
    all[name] = rows.map(({ row }) => row).sort();
  }
  return all;
}
