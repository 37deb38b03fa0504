import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Channel } from '../../src/alerts/common/channel.js';
import { deliver } from '../../src/jobs/deliver.js';
import { sendNudges } from '../../src/jobs/nudges/send.js';
import { saveChunk } from '../../src/store/chunks.js';
import { saveRegister } from '../../src/store/registers.js';
import { oneDatabase } from '../api/helpers/database.js';
import { entry } from '../exports/helpers/register.js';
import { service } from '../helpers/service.js';
import { chunk, usage } from '../store/helpers/results.js';
import { clear, dayMs, setupOf, testService } from './helpers.js';

// 120 days of random use by a dozen people. Full size: NUDGE_RUNS=40 vitest run test/jobs/nudges-property.test.ts

const runs = Number(process.env.NUDGE_RUNS ?? 2);
const days = 120;
const first = Date.UTC(2026, 9, 5);
const database = oneDatabase();

const services = Array.from({ length: 9 }, (_, n) =>
  service({ id: `s${n}`, name: `Service-${n}`, hosts: [`s${n}.example`] }),
);
const inventory = [
  entry('no', ['s0', 's1', 's2']),
  entry('yes', ['s3'], { status: 'approved' }),
  entry('some', ['s4'], { status: 'approved', allowed_groups: ['Sales'] }),
];
const names = ['ada', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hal', 'ida', 'jon', 'kim', 'lea'];
const groups = ['Sales', 'Legal', 'Board'];
const people = names.map((id, n) => ({
  id: `u-${id}`,
  email: `${id}.person@acme.example`,
  name: `${id} Nachname${n}`,
  group: groups[n % 3] ?? '',
  manager: '',
  aliases: [],
  line: n + 1,
}));

interface Sent {
  to: string;
  at: number;
  text: string;
  service: string;
  used: string;
}

const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

test('random use over 120 days breaks no limit, and no mail names anybody but the one it goes to', async () => {
  let total = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        perQuarter: fc.integer({ min: 1, max: 6 }),
        hours: fc.array(fc.constantFrom(3, 9, 10, 12, 16, 17, 23), { minLength: days, maxLength: days }),
        uses: fc.array(
          fc.record({
            person: fc.nat(names.length - 1),
            service: fc.nat(services.length - 1),
            day: fc.nat(days - 1),
            strength: fc.constantFrom('contact' as const, 'visit' as const, 'transfer' as const, 'account' as const),
            provenance: fc.constantFrom(
              'observed' as const,
              'reported' as const,
              'claimed' as const,
              'unauthenticated' as const,
            ),
          }),
          { minLength: 300, maxLength: 900 },
        ),
      }),
      async ({ perQuarter, hours, uses }) => {
        const db = database();
        await clear(db);
        const sent: Sent[] = [];
        const clock = { now: first };
        const channel: Channel = {
          title: 'a mailbox that keeps everything',
          options: z.unknown(),
          send: async ({ title, text, details }, _options, { to = '', now }) => {
            sent.push({
              to,
              at: now(),
              text: `${title} ${text} ${JSON.stringify(details.paragraphs)}`,
              service: String(details.service),
              used: String(details.day),
            });
            return { outcome: 'sent' };
          },
          test: async () => [],
        };
        const { context } = await testService(db, {
          services,
          channels: new Map([['email', channel]]),
          setup: setupOf({
            channels: [{ id: 'mail', kind: 'email', notices: [], options: {} }],
            nudges: {
              channel: 'mail',
              groups: ['Sales', 'Legal'],
              excludedGroups: [],
              excludedPeople: ['u-dan'],
              perQuarter,
              hours: { from: 9, until: 17 },
              contact: 'the AI office',
            },
          }),
        });
        context.now = () => clock.now;
        await saveRegister(db, 'people', { hash: 'p', body: people }, first);
        await saveRegister(db, 'inventory', { hash: 'i', body: inventory }, first);
        const rows = uses.map(({ person, service: n, day, ...more }) =>
          usage({
            service: `s${n}`,
            actor: { kind: 'person', id: people[person]?.id ?? '', group: 'Sales' },
            day: dayAt(first + day * dayMs),
            ...more,
          }),
        );
        await saveChunk(db, chunk('all', { usage: rows }));
        for (let day = 0; day < days; day++) {
          clock.now = first + day * dayMs + (hours[day] ?? 12) * 3_600_000;
          await sendNudges(context);
          await deliver(context, new AbortController().signal);
        }

        total += sent.length;
        for (const person of people) {
          const own = sent.filter(({ to }) => to === person.email);
          expect(new Set(own.map((mail) => mail.service)).size).toBe(own.length);
          own.forEach((mail, n) => {
            const earlier = own
              .slice(0, n)
              .map(({ at }) => Math.floor((mail.at - first) / dayMs) - Math.floor((at - first) / dayMs));
            expect(Math.min(7, ...earlier)).toBe(7);
            expect(earlier.filter((ago) => ago < 91).length).toBeLessThan(perQuarter);
          });
          for (const { text } of sent.filter(({ to }) => to !== person.email))
            for (const about of [person.name, person.email, person.id, context.pseudonymOf(person.id)])
              expect(text).not.toContain(about);
        }
        for (const mail of sent) {
          const person = people.find(({ email }) => email === mail.to);
          expect(['Sales', 'Legal']).toContain(person?.group);
          expect(person?.id).not.toBe('u-dan');
          const at = new Date(mail.at);
          expect([1, 2, 3, 4, 5]).toContain(at.getUTCDay());
          expect([9, 10, 12, 16]).toContain(at.getUTCHours());
          expect(mail.service).not.toBe('s3');
          if (person?.group === 'Sales') expect(mail.service).not.toBe('s4');
          // It rests on use that was seen or reported, of that day, within the week.
          const proof = rows.filter(
            (row) =>
              row.actor.id === person?.id &&
              row.service === mail.service &&
              row.day === mail.used &&
              row.strength !== 'contact' &&
              (row.provenance === 'observed' || row.provenance === 'reported'),
          );
          expect(proof.length).toBeGreaterThan(0);
          expect(Math.floor((mail.at - Date.parse(mail.used)) / dayMs)).toBeLessThanOrEqual(7);
        }
        expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([]);
      },
    ),
    { numRuns: runs, seed: 11 },
  );
  // The limits had something to limit.
  expect(total).toBeGreaterThan(10 * runs);
});
