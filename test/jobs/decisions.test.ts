import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { DecisionAction } from '../../src/core/decision.js';
import type { InventoryEntry } from '../../src/core/register.js';
import { DecisionRefused, type DecisionRequest } from '../../src/inventory/decision.js';
import { isTwoPerson } from '../../src/inventory/two-person.js';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { changeBase, yieldedBy } from '../../src/jobs/inventory/change.js';
import { decideEntry, secondDecision } from '../../src/jobs/inventory/decide.js';
import { reconcileDue } from '../../src/jobs/reconcile.js';
import { registerHash } from '../../src/jobs/registers.js';
import { syncRegisters } from '../../src/jobs/sync-registers.js';
import { loadAlerts, saveAlert } from '../../src/store/alerts.js';
import { loadAudit, verifyAudit } from '../../src/store/audit.js';
import { loadFindings } from '../../src/store/findings.js';
import { currentInventory, inventoryAsOf, inventoryLoads } from '../../src/store/inventory.js';
import { loadRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';
import { entry } from '../inventory/helpers.js';
import { alert } from '../store/helpers/alert.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, push, services, squidLine, testService } from './helpers.js';

const catalog = new Map(services.map((service) => [service.id, service]));

await describeOnDatabases('decisions on the register', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  const at = (now: number) => ({ services: catalog, at: now });
  const load = (entries: readonly InventoryEntry[], now = noon) =>
    db
      .transaction()
      .execute((trx) =>
        changeBase(
          trx,
          { hash: registerHash(entries), entries, origin: 'file', name: 'inventory.yaml', who: 'service', why: '' },
          at(now),
        ),
      );
  const ask = (change: Partial<DecisionRequest> = {}): DecisionRequest => ({
    action: 'deny',
    why: 'no contract',
    who: 'jane',
    day: '2026-10-05',
    conditions: [],
    ...change,
  });
  const decide = (
    target: Parameters<typeof decideEntry>[1]['target'],
    change: Partial<DecisionRequest> = {},
    now = noon,
  ) => decideEntry(db, { subject: 'chat', target, request: ask(change) }, at(now), 'cli:jane');
  const second = (id: number, who: string, now = noon) => secondDecision(db, { id, who }, at(now), `cli:${who}`);
  const chat = entry({ id: 'chat-tool', name: 'Chat', services: ['chat'] });
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DecisionRefused);
    return error instanceof Error ? error.message : '';
  };

  it('counts at once: the finding follows, and the audit log says who, what and why', async () => {
    const made = await testService(db);
    await syncRegisters(made.context, { people: undefined, inventory: [chat] });
    await ingest(made.context, await push(made, squidLine('chat.example')));
    await made.answer();
    expect((await loadFindings(db)).map(({ id, verdict }) => [id, verdict])).toEqual([['chat/unknown', 'sanctioned']]);
    const { decision } = await decide({ entry: 'chat-tool' });
    await reconcileDue(made.context, new AbortController().signal);
    expect((await loadFindings(db))[0]).toMatchObject({ verdict: 'denied', state: 'open', entry: 'chat-tool' });
    const last = (await loadAudit(db)).at(-1);
    expect(last).toMatchObject({ who: 'cli:jane', action: 'decision.made', subject: 'entry chat-tool' });
    expect(JSON.parse(last?.details ?? '')).toMatchObject({
      decision: decision.id,
      action: 'deny',
      why: 'no contract',
      who: 'jane',
    });
    expect((await verifyAudit(db)).badSeq).toBeUndefined();
    // The file is read again and is the same: the decision stays.
    await syncRegisters(made.context, { people: undefined, inventory: [chat] });
    expect((await currentInventory(db)).entries[0]?.status).toBe('denied');
  });

  it('answers the open alerts about the service, and no others', async () => {
    await load([chat]);
    await saveAlert(db, alert({ id: 'a_1', service: 'chat', state: 'open', acknowledgedAt: null }));
    await saveAlert(db, alert({ id: 'a_2', service: 'draw', state: 'open', acknowledgedAt: null }));
    const { acknowledged } = await decide({ entry: 'chat-tool' });
    expect(acknowledged).toEqual(['a_1']);
    const states = (await loadAlerts(db)).map(({ id, state, acknowledgedBy }) => [id, state, acknowledgedBy]);
    expect(states.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ['a_1', 'acknowledged', 'jane'],
      ['a_2', 'open', null],
    ]);
  });

  it('yields when the entry is changed in the base, stays gone after a newer one, and says so', async () => {
    await load([chat]);
    const { decision } = await decide({ entry: 'chat-tool' });
    const other = entry({ id: 'other', services: ['draw'] });
    // Another entry changes nothing.
    const first = await load([chat, other]);
    expect(first && yieldedBy(first)).toEqual([]);
    expect((await currentInventory(db)).entries.map(({ status }) => status)).toEqual(['denied', 'approved']);
    const change = await load([{ ...chat, description: 'A newer word.' }, other]);
    expect(change && yieldedBy(change).map(({ id }) => id)).toEqual([decision.id]);
    expect((await currentInventory(db)).entries.map(({ status }) => status)).toEqual(['approved', 'approved']);
    const audit = (await loadAudit(db)).at(-1);
    expect(JSON.parse(audit?.details ?? '')).toMatchObject({
      yielded: [decision.id],
      entries: 2,
      file: 'inventory.yaml',
    });
    expect(await refusal(second(decision.id, 'max'))).toContain('was changed after it');
  });

  it('stays, with its second person, when the file is brought up to date with it', async () => {
    await load([chat]);
    const { decision } = await decide({ entry: 'chat-tool' });
    const { entries } = await currentInventory(db);
    await load(entries);
    expect((await currentInventory(db)).holding.map(({ id }) => id)).toEqual([decision.id]);
    const { entry: now } = await second(decision.id, 'max');
    expect(now.decided_by).toEqual(['jane', 'max']);
    // But not for an entry that names more by now: the two never decided about that.
    await load(entries.map((item) => ({ ...item, services: ['chat', 'draw'] })));
    expect((await currentInventory(db)).entries.map(isTwoPerson)).toEqual([false]);
  });

  it('makes an entry for a service that has none, until the base names the service', async () => {
    await load([]);
    const { decision, entry: now, before } = await decide({ newFor: 'chat' });
    expect(before).toBeUndefined();
    expect(now).toMatchObject({ id: 'chat', name: 'chat', services: ['chat'], status: 'denied', vendor: 'chat Inc.' });
    const again = await decide({ newFor: 'chat' }, { action: 'approve', who: 'max', owner: 'eve' });
    expect(again.entry).toMatchObject({ id: 'chat', status: 'approved', business_owner: 'eve', decided_by: ['max'] });
    expect((await currentInventory(db)).entries).toHaveLength(1);
    await load([chat]);
    expect((await currentInventory(db)).entries).toMatchObject([{ id: 'chat-tool', status: 'approved' }]);
    expect(await refusal(second(decision.id, 'eve'))).toContain(`decision ${again.decision.id} on chat came after it`);
    expect(await refusal(decide({ newFor: 'nothing' }))).toContain('the catalog has no service nothing');
  });

  it('two people are two people: the same one is refused however it is spelled, and twice is refused', async () => {
    await load([chat]);
    const { decision, entry: one } = await decide({ entry: 'chat-tool' });
    expect(isTwoPerson(one)).toBe(false);
    for (const same of ['jane', ' JANE ', 'cli:Jane', 'j\u200bane'])
      expect(await refusal(second(decision.id, same))).toContain(`decision ${decision.id}`);
    expect(await refusal(second(decision.id, '  '))).toContain('names nobody');
    const { entry: two } = await second(decision.id, 'max');
    expect(isTwoPerson(two)).toBe(true);
    expect(two.decided_by).toEqual(['jane', 'max']);
    expect(await refusal(second(decision.id, 'eve'))).toContain('seconded already, by max');
    expect(await refusal(second(99, 'eve'))).toContain('there is no decision 99');
    // A new decision begins with one person again.
    await decide({ entry: 'chat-tool' }, { who: 'eve' });
    expect((await currentInventory(db)).entries.map(isTwoPerson)).toEqual([false]);
  });

  it('nobody approves at tier 2 or 3 what is their own; tier 1 is free, and a denial too', async () => {
    await load([{ ...chat, requester: 'Jane', risk_tier: 2 }]);
    expect(await refusal(decide({ entry: 'chat-tool' }, { action: 'approve' }))).toContain('jane is the requester');
    const { decision } = await decide({ entry: 'chat-tool' }, { action: 'approve', who: 'max' });
    expect(await refusal(second(decision.id, 'jane'))).toMatch(/jane (is the requester|made or recorded)/);
    await decide({ entry: 'chat-tool' }, { action: 'approve', tier: 1 });
    await decide({ entry: 'chat-tool' }, { action: 'deny' });
  });

  it('refuses what contradicts itself, and nothing is kept of it', async () => {
    await load([chat]);
    for (const [change, message] of [
      [{ why: '  ' }, '--why is empty'],
      [{ who: ' ' }, '--who names nobody'],
      [{ action: 'except' }, 'an exception ends'],
      [{ action: 'deny', until: '2027-01-01' }, 'deny has no end'],
      [{ action: 'approve', until: '2026-10-04' }, 'has passed already'],
      [{ action: 'deny', conditions: ['x'] }, 'deny has no conditions'],
      [{ action: 'approve', conditions: ['x'.repeat(1001)] }, 'the entry could not hold this: conditions.0'],
    ] as const)
      expect(await refusal(decide({ entry: 'chat-tool' }, change))).toContain(message);
    expect(await refusal(decide({ newFor: 'draw' }, { action: 'approve' }))).toContain('add --owner NAME');
    expect((await currentInventory(db)).decisions).toEqual([]);
    expect((await loadAudit(db)).map(({ action }) => action)).toEqual(['register.changed']);
  });

  it('of two at the same moment both are kept, the later counts, and the chain is whole', async () => {
    await load([chat]);
    const actions: DecisionAction[] = ['deny', 'approve', 'retire', 'review', 'deny', 'approve', 'deny', 'retire'];
    const all = await Promise.all(
      actions.map((action, i) => decide({ entry: 'chat-tool' }, { action, who: `person ${i}` })),
    );
    const last = all.map(({ decision }) => decision).sort((a, b) => b.id - a.id)[0];
    const state = await currentInventory(db);
    expect(state.decisions).toHaveLength(actions.length);
    expect(state.holding.map(({ id }) => id)).toEqual([last?.id]);
    expect((await loadRegister<InventoryEntry[]>(db, 'inventory'))?.body).toEqual(state.entries);
    expect((await loadAudit(db)).filter(({ action }) => action === 'decision.made')).toHaveLength(actions.length);
    expect((await verifyAudit(db)).badSeq).toBeUndefined();
    // One entry for a service, whoever comes first; and one second person.
    const made = await Promise.all([1, 2, 3, 4].map((i) => decide({ newFor: 'draw' }, { who: `person ${i}` })));
    expect(new Set(made.map(({ entry: { id } }) => id))).toEqual(new Set(['draw']));
    const id = Math.max(...made.map(({ decision }) => decision.id));
    const seconds = await Promise.allSettled(['a', 'b', 'c'].map((who) => second(id, who)));
    expect(seconds.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('the database refuses that a decision or a version is changed or taken out', async () => {
    await load([chat]);
    const { decision } = await decide({ entry: 'chat-tool' });
    await second(decision.id, 'max');
    for (const statement of [
      sql`update decision set why = 'other'`,
      sql`update decision set seconded_by = 'eve'`,
      sql`update decision set seconded_by = null, seconded_at = null`,
      sql`delete from decision`,
      sql`update inventory_version set body = '[]'`,
      sql`delete from inventory_load`,
    ])
      await expect(statement.execute(db)).rejects.toThrow('append-only');
  });

  it('keeps hostile texts as they are, and what a database cannot hold as U+FFFD', async () => {
    await load([chat]);
    const why = '=cmd|"/c calc"!A1\u202e<script>\n\u001b[31m\u0000\ud800';
    const { decision } = await decide(
      { entry: 'chat-tool' },
      { action: 'approve', why, who: 'max\u0000', conditions: [why] },
    );
    expect(decision.why).toBe(why.replace(/\0|\ud800/g, '\ufffd'));
    const { entries, holding } = await currentInventory(db);
    expect(entries[0]?.conditions).toEqual([decision.why]);
    expect(holding).toHaveLength(1);
    // The very same decision in the base is the same.
    await load(entries);
    expect((await currentInventory(db)).holding).toHaveLength(1);
  });

  it('a version that comes back is stored once, and its times are kept', async () => {
    const other = [{ ...chat, name: 'Other' }];
    await load([chat], noon);
    await load([chat], noon + 1);
    await load(other, noon + 2);
    await load([chat], noon + 3);
    const loads = await inventoryLoads(db);
    expect(loads.map(({ loadedAt }) => loadedAt - noon)).toEqual([0, 2, 3]);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from inventory_version`.execute(db);
    expect(rows).toEqual([{ n: 2 }]);
  });

  /** What a plain model knows: for each entry its base text, and the last decision with the base text that it was made over. */
  interface Model {
    base: Map<string, string>;
    decided: Map<string, { over: string; status: string; by: string[] }>;
  }
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('load' as const), a: fc.nat(2), b: fc.nat(2) }),
      fc.record({
        do: fc.constant('decide' as const),
        entry: fc.constantFrom('a', 'b'),
        action: fc.constantFrom('deny' as const, 'approve' as const, 'retire' as const, 'review' as const),
        who: fc.constantFrom('jane', 'max', 'eve'),
      }),
      fc.record({ do: fc.constant('second' as const), back: fc.nat(3), who: fc.constantFrom('jane', 'max', 'eve') }),
    ),
    { minLength: 3, maxLength: 14 },
  );
  const statusOf = { deny: 'denied', approve: 'approved', retire: 'retired', review: 'in-review' } as const;
  const seen = (entries: readonly InventoryEntry[]): string[] =>
    entries.map(({ id, status, decided_by }) => `${id} ${status} ${(decided_by ?? []).join('+')}`).sort();
  const expected = ({ base, decided }: Model): string[] =>
    [...base]
      .map(([id, text]) => {
        const decision = decided.get(id);
        return decision?.over === text ? `${id} ${decision.status} ${decision.by.join('+')}` : `${id} draft `;
      })
      .sort((a, b) => (a < b ? -1 : 1));

  it('any sequence of loads, decisions and seconds gives what a plain model says, and no past day changes', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        await clear(db);
        const model: Model = { base: new Map(), decided: new Map() };
        const made: { id: number; entry: string }[] = [];
        const past: { day: string; texts: string[]; hash: string }[] = [];
        let now = noon;
        for (const step of sequence) {
          now += dayMs;
          if (step.do === 'load') {
            // 0: the entry is not there.
            const versions = { a: step.a, b: step.b };
            const entries = (['a', 'b'] as const).flatMap((id) =>
              versions[id] === 0
                ? []
                : [entry({ id, services: ['chat'], status: 'draft', description: `version ${versions[id]}` })],
            );
            await load(entries, now);
            model.base = new Map(entries.map((item) => [item.id, item.description ?? '']));
          } else if (step.do === 'decide') {
            const over = model.base.get(step.entry);
            const asked = decide({ entry: step.entry }, { action: step.action, who: step.who }, now);
            if (over === undefined) await refusal(asked);
            else {
              made.push({ id: (await asked).decision.id, entry: step.entry });
              const by = step.action === 'review' ? [] : [step.who];
              model.decided.set(step.entry, { over, status: statusOf[step.action], by });
            }
          } else {
            const target = made.at(-1 - step.back);
            if (target === undefined) continue;
            const decision = model.decided.get(target.entry);
            const newest = made.findLast((item) => item.entry === target.entry)?.id === target.id;
            const counts = newest && decision !== undefined && decision.over === model.base.get(target.entry);
            // The first is always recorded by jane.
            const may = counts && decision.by.length === 1 && !decision.by.includes(step.who) && step.who !== 'jane';
            const asked = second(target.id, step.who, now);
            if (may) {
              await asked;
              decision.by = [...decision.by, step.who];
            } else await refusal(asked);
          }
          const state = await currentInventory(db);
          expect(seen(state.entries)).toEqual(expected(model));
          expect((await loadRegister(db, 'inventory'))?.hash ?? 'none').toBe(state.hash);
          past.push({ day: new Date(now).toISOString().slice(0, 10), texts: seen(state.entries), hash: state.hash });
        }
        for (const { day, texts, hash } of past) {
          const then = await inventoryAsOf(db, day);
          expect(seen(then.entries)).toEqual(texts);
          expect(then.hash).toBe(hash);
        }
        expect((await inventoryAsOf(db, '2026-10-04')).base).toBeUndefined();
        expect((await verifyAudit(db)).badSeq).toBeUndefined();
      }),
      { seed: 21, numRuns: Number(process.env.HALFLIGHT_REGISTER_RUNS ?? 12) },
    );
  });

  it('a day ends where the organisation is, and no day is refused', async () => {
    // 23:30 on the fifth in UTC is the sixth in Berlin.
    await load([chat], Date.UTC(2026, 9, 5, 23, 30));
    expect((await inventoryAsOf(db, '2026-10-05')).entries).toHaveLength(1);
    expect((await inventoryAsOf(db, '2026-10-05', 'Europe/Berlin')).entries).toHaveLength(0);
    expect((await inventoryAsOf(db, '2026-10-06', 'Europe/Berlin')).entries).toHaveLength(1);
    await expect(inventoryAsOf(db, 'soon')).rejects.toThrow('"soon" is no day');
  });
});
