import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/register.js';
import { syncRegisters } from '../../src/jobs/sync-registers.js';
import { markDue } from '../../src/store/claims.js';
import { loadFindings } from '../../src/store/findings.js';
import { ensureMonths } from '../../src/store/partitions.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, testService } from './helpers.js';

const chat: InventoryEntry = {
  id: 'chat-entry',
  name: 'Chat',
  services: ['chat'],
  workspaces: [],
  allowed_account: 'enterprise',
  allowed_groups: [],
  allowed_data_classes: [],
  approvers: [],
  integration_points: [],
  tools: [],
  systems_reached: [],
  data_categories: [],
  sensitive_sources: {},
  prompt_templates: [],
  status: 'approved',
  conditions: [],
};

await describeOnDatabases('sign-ins and traffic of the same people, joined in the service', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
    await clear(db);
  });

  it('people without a sign-in make a wrong account, and its signal says through which source the others signed in', async () => {
    const made = await testService(db);
    const day = (before: number): string => new Date(noon - before * dayMs).toISOString().slice(0, 10);
    const add = async (
      who: string,
      before: number,
      account: string,
      strength: string,
      source: string,
      provenance = 'observed',
    ) => {
      await ensureMonths(db, new Set([day(before)]));
      await sql`insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, provenance, confidence,
          events, attempts, bytes_out, bytes_in, first, last, received_at)
        values (${day(before)}, 'chat', 'person', ${who}, 'Sales', ${source}, ${account}, ${strength}, ${provenance}, 'high', 1, 0, 0, 0,
          ${noon - before * dayMs}, ${noon - before * dayMs}, ${noon})`.execute(db);
      await sql`insert into usage_day (day, service, source, account_kind, strength, provenance, events, attempts, bytes_out, bytes_in, received_at)
        values (${day(before)}, 'chat', ${source}, ${account}, ${strength}, ${provenance}, 1, 0, 0, 0, ${noon})
        on conflict (service, day, source, account_kind, strength, provenance) do update set events = usage_day.events + 1`.execute(
        db,
      );
    };
    for (const who of ['a', 'b', 'c'])
      for (const before of [80, 60, 40, 20, 2]) {
        await add(who, before, 'enterprise', 'account', 'entra');
        await add(who, before, 'unknown', 'visit', 'proxy');
      }
    for (const before of [12, 9, 4]) {
      await add('x', before, 'unknown', 'visit', 'proxy');
      // Said of somebody else, and worth nothing.
      await add('y', before, 'unknown', 'visit', 'sheet', 'claimed');
    }
    await syncRegisters(made.context, { people: undefined, inventory: [chat] });
    const look = async () => {
      await markDue(db, ['chat'], noon, null);
      made.rings.push({ kind: 'reconcile', id: 'due', options: undefined });
      await made.answer();
      return (await loadFindings(db)).find(({ id }) => id === 'chat/unknown');
    };
    const found = await look();
    expect(found).toMatchObject({ state: 'open', verdict: 'wrong-account', people: 4 });
    expect(found?.reason).toContain('use without a sign-in suggests personal ones: 1 person with 3 events on 3 days');
    expect(found?.reason).toContain(
      '3 more events that 1 actor is said to have caused are only claimed or unauthenticated',
    );
    const signal = found?.signals.find(({ name }) => name === 'no-sign-in');
    expect(signal?.why).toContain('3 of them with a sign-in through entra at most 30 days away; 1 had none.');
    expect(signal?.numbers).toMatchObject({ people: 4, signedIn: 3, withoutSignIn: 1, medium: 1 });
    // The sign-in comes late: it explains the days, and the finding is over.
    await add('x', 6, 'enterprise', 'account', 'entra');
    expect(await look()).toMatchObject({ state: 'resolved', verdict: 'sanctioned' });
  });
});
