import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { approve } from '../../src/jobs/blocklists/decide.js';
import { makeBlockLists } from '../../src/jobs/blocklists/make.js';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { syncRegisters } from '../../src/jobs/sync-registers.js';
import { loadBody, loadVersions } from '../../src/store/blocklists.js';
import type { Db } from '../../src/store/tables.js';
import { entry } from '../exports/helpers/register.js';
import { service } from '../helpers/service.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, push, setupOf, signer, sourceOf, squidLine, testService } from './helpers.js';
import { namedFormat as named } from './helpers-lists.js';

// Nobody turns the block list into a weapon. Full size: BLOCKLIST_RUNS=400 vitest run test/jobs/blocklists-a2.test.ts

const runs = Number(process.env.BLOCKLIST_RUNS ?? 12);
const formats = ['squid', 'hosts', 'rpz', 'umbrella', 'paloalto-edl'];
const ownDomain = 'acme.example';
/** What no feed may ever reach, whatever the register and a hostile catalog say. */
const precious = [
  'login.microsoftonline.com',
  'login.microsoft.com',
  'accounts.google.com',
  'okta.com',
  ownDomain,
  `mail.${ownDomain}`,
  'com',
  'co.uk',
  'github.io',
  'google.com',
  'slack.com',
];
/** Hosts that a hostile entry of a catalog of one's own would name. */
const hostile = [
  ...precious,
  'microsoftonline.com',
  'microsoft.com',
  'uk',
  '*.com',
  `*.${ownDomain}`,
  `login.${ownDomain}`,
];
const ordinary = Array.from({ length: 40 }, (_, n) => `s${n}.vendor-${n}.example`);
const services = [
  ...ordinary.map((host, n) => service({ id: `s${n}`, hosts: [host] })),
  ...hostile.map((host, n) => service({ id: `bad${n}`, hosts: [host, `x${n}.bad-vendor.example`] })),
];
const setup = setupOf({
  sources: [sourceOf('proxy')],
  blocklists: { formats, ownDomains: [ownDomain], limits: { entries: 50, share: 0.05 }, twoPeople: true },
});
const two = { decided_by: ['ada', 'bob'] };

/** What an entry of each format blocks: the name, whether itself, whether all below. Written from the products' documents. */
const readings: Record<string, (line: string) => { name: string; itself: boolean; below: boolean } | undefined> = {
  squid: (line) => readAs(/^(\.?)([a-z0-9.-]+)$/.exec(line), (dot) => ({ itself: true, below: dot !== '' })),
  hosts: (line) => readAs(/^(0\.0\.0\.0 )([a-z0-9.-]+)$/.exec(line), () => ({ itself: true, below: false })),
  rpz: (line) =>
    readAs(/^(\*\.)?([a-z0-9.-]+) CNAME \.$/.exec(line), (star) => ({ itself: star === '', below: star !== '' })),
  umbrella: (line) => readAs(/^()([a-z0-9.-]+)$/.exec(line), () => ({ itself: true, below: true })),
  'paloalto-edl': (line) =>
    readAs(/^(\*\.)?([a-z0-9.-]+)\/$/.exec(line), (star) => ({ itself: star === '', below: star !== '' })),
};
const readAs = (found: RegExpExecArray | null, meaning: (before: string) => { itself: boolean; below: boolean }) => {
  const name = found?.[2];
  return name === undefined ? undefined : { name, ...meaning(found?.[1] ?? '') };
};
const entriesIn = (format: string, body: string) =>
  body.split('\n').flatMap((line) => {
    const read = /^[#;$@]/.test(line) ? undefined : readings[format]?.(line);
    return read === undefined ? [] : [{ line, ...read }];
  });

await describeOnDatabases('block lists', (server) => {
  let db: Db;
  const begin = async () => {
    db ??= await server.database();
    await clear(db);
    return testService(db, { services, setup });
  };
  const feeds = async (): Promise<Record<string, string>> => {
    const all: Record<string, string> = {};
    for (const version of await loadVersions(db))
      all[`${version.format}/${version.version}/${version.state}`] = (
        (await loadBody(db, version.format, version.version)) ?? ''
      ).toString();
    return all;
  };

  test('A2 no sequence of log inputs changes one byte of a feed', async () => {
    const { context, clock, answer } = await begin();
    await syncRegisters(context, {
      people: undefined,
      inventory: [entry('no-1', ['s1'], two), entry('no-2', ['s2'], two), entry('yes', ['s3'], { status: 'approved' })],
      inventoryTrouble: null,
    });
    await makeBlockLists(context);
    const before = await feeds();
    expect(Object.keys(before)).toHaveLength(formats.length);
    const host = fc.constantFrom(...ordinary, ...precious, 'new-ai.example', 'xn--e1awd7f.com', 'a'.repeat(63));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(host, fc.constantFrom('ada', 'bob', 'no-1', "x' or 1=1"), fc.nat(40)), {
          minLength: 1,
          maxLength: 20,
        }),
        async (lines) => {
          const chunk = await push(
            { db, clock },
            lines.map(([name, user, days]) => squidLine(name, user, noon - days * dayMs)).join(''),
          );
          await ingest(context, chunk);
          await answer();
          // Also where the lists are made anew from nothing that is remembered.
          await db.updateTable('blocklist_feed').set({ grounds: null }).execute();
          await makeBlockLists(context);
          expect(await feeds()).toEqual(before);
        },
      ),
      { numRuns: runs, seed: 2 },
    );
    const { events } = await db
      .selectFrom('usage')
      .select((eb) => eb.fn.sum<number>('events').as('events'))
      .executeTakeFirstOrThrow();
    expect(Number(events)).toBeGreaterThan(runs);
  });

  test('A2 whatever the register says, every version that goes out by itself is within the bounds, and no version reaches a protected name', async () => {
    const status = fc.constantFrom('denied', 'denied', 'denied', 'approved', 'retired', 'in-review');
    const register = fc.uniqueArray(
      fc.tuple(
        fc.constantFrom(...services.map(({ id }) => id)),
        status,
        fc.constantFrom(['ada', 'bob'], ['ada'], ['ada', 'cli:Ada ']),
      ),
      { minLength: 0, maxLength: services.length, selector: ([id]) => id },
    );
    const step = fc.record({ entries: register, hours: fc.nat(30), approve: fc.boolean(), few: fc.boolean() });
    let [byItself, approved, waited] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
        const { context, clock } = await begin();
        let last: (typeof steps)[number]['entries'] = [];
        for (const { entries, hours, approve: yes, few } of steps) {
          clock.now += hours * 3_600_000 + 60_000;
          // Either another register, or the one of before with one entry more or less.
          last = few
            ? [...last.slice(0, -1), ...entries.slice(0, 1).filter(([id]) => !last.some(([other]) => other === id))]
            : entries;
          const inventory = last.map(([id, is, decided_by], n) =>
            entry(`e${n}`, [id], {
              status: is,
              decided_by,
              ...(is === 'retired' && { decommission: { date: '2026-01-01' } }),
            }),
          );
          await syncRegisters(context, { people: undefined, inventory, inventoryTrouble: null });
          await makeBlockLists(context);
          if (yes)
            for (const { format, version } of (await loadVersions(db)).filter(({ state }) => state === 'pending'))
              await approve({ db, setup, signer, who: 'cli:eve', at: clock.now }, await named(format), version);
        }
        const byOne = new Set(
          last.filter(([, is, by]) => (is === 'denied' || is === 'retired') && by[1] !== 'bob').map(([id]) => id),
        );
        for (const format of formats) {
          const versions = (await loadVersions(db, format)).reverse();
          let served: string[] = [];
          for (const version of versions) {
            const body = ((await loadBody(db, format, version.version)) ?? '').toString();
            const blocked = entriesIn(format, body);
            expect(blocked.length).toBe(version.entries);
            for (const { line, name, itself, below } of blocked)
              expect(
                precious.filter((one) => (one === name ? itself : below && one.endsWith(`.${name}`))),
                line,
              ).toEqual([]);
            if (version.state !== 'published') {
              waited++;
              continue;
            }
            const now = blocked.map(({ line }) => line);
            const changed =
              now.filter((line) => !served.includes(line)).length + served.filter((line) => !now.includes(line)).length;
            if (version.approvedBy === undefined) {
              byItself++;
              expect(now.length).toBeGreaterThan(0);
              expect(changed).toBeLessThanOrEqual(50);
              if (served.length > 0) expect(changed / served.length).toBeLessThanOrEqual(0.05);
            } else approved++;
            served = now;
          }
          // What the newest register says of one person is in nothing that was made of it.
          const newest = versions.at(-1);
          const body = newest === undefined ? '' : ((await loadBody(db, format, newest.version)) ?? '').toString();
          if (newest?.state !== 'withdrawn')
            for (const id of byOne) {
              const host = id.startsWith('s') ? ordinary[Number(id.slice(1))] : undefined;
              if (host !== undefined) expect(body).not.toContain(host);
            }
        }
      }),
      { numRuns: runs, seed: 22 },
    );
    // The test saw all three ways.
    expect(Math.min(byItself, approved, waited)).toBeGreaterThan(0);
  });

  test('A2 a catalog of hostile entries gives no feed more than its ordinary hosts', async () => {
    const { context } = await begin();
    await syncRegisters(context, {
      people: undefined,
      inventory: services.filter(({ id }) => id.startsWith('bad')).map(({ id }) => entry(`no-${id}`, [id], two)),
      inventoryTrouble: null,
    });
    expect(compileCatalog(services).services.size).toBe(services.length);
    await makeBlockLists(context);
    const squid = (await loadVersions(db, 'squid'))[0];
    const body = ((await loadBody(db, 'squid', squid?.version ?? 0)) ?? '').toString();
    expect(entriesIn('squid', body).map(({ name }) => name)).toEqual(
      hostile.map((_, n) => `x${n}.bad-vendor.example`).sort((a, b) => (a < b ? -1 : 1)),
    );
  });
});
