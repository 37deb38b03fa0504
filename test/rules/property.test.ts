import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Alert, alertId } from '../../src/core/alert.js';
import type { Fact } from '../../src/rules/facts.js';
import { replay } from '../../src/rules/replay.js';
import { dayMs, finding, hourMs, Memory, ruleSet, serviceOf, start } from './helpers.js';

// The state machine of alerts under random facts, clocks and people. Whatever holds here holds by what stands in notices and history,
// never by asking the code under test.
// Longer: ALERT_RUNS=2000 vitest run test/rules/property.test.ts

const services = ['alpha', 'beta', 'gamma'];
const [every, times] = [6 * hourMs, 3];
/** Quiet from 20:00 to 06:00 UTC. */
const isQuiet = (at: number): boolean => {
  const hour = new Date(at).getUTCHours();
  return hour >= 20 || hour < 6;
};

/** What happens next, and how many half hours after the last. */
const event = fc.record({
  // Often so soon that what waits in a group or for the morning is over, and back, before it is told.
  after: fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: 30 })),
  what: fc.oneof(
    fc.record({
      kind: fc.constant('fact' as const),
      service: fc.constantFrom(...services),
      verdict: fc.constantFrom('unregistered' as const, 'denied' as const, 'sanctioned' as const),
      people: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({
      kind: fc.constant('ack' as const),
      rule: fc.constantFrom('new', 'denied'),
      service: fc.constantFrom(...services),
    }),
  ),
});
const shape = fc.record({
  events: fc.array(event, { minLength: 1, maxLength: 25 }),
  group: fc.constantFrom('0s', '2h', '12h'),
  wait: fc.constantFrom('0s', '1h'),
  quiet: fc.boolean(),
  severity: fc.constantFrom('warning', 'high'),
  silenced: fc.boolean(),
  resolved: fc.boolean(),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

const setOf = ({ group, wait, quiet, severity, silenced, resolved }: Shape) =>
  ruleSet(
    [
      {
        id: 'new',
        kind: 'new-unapproved-vendor',
        severity,
        group: { within: group, wait },
        remind: { every: '6h', times },
        escalate: [
          { after: '3h', channels: ['boss'] },
          { after: '9h', channels: ['boss'] },
        ],
        channels: ['ops'],
        silenced_by: silenced ? ['denied'] : [],
        resolved,
      },
      { id: 'denied', kind: 'denied-in-use', severity, remind: { every: '6h', times } },
    ],
    quiet ? [{ from: '20:00', to: '06:00' }] : [],
  );

const factOf = (service: string, verdict: 'unregistered' | 'denied' | 'sanctioned', people: number): Fact =>
  serviceOf(service, [
    finding({ id: `f_${service}`, verdict, people }),
    // A second account of the same service, so that both rules may see something at once.
    ...(verdict === 'denied' ? [finding({ id: `f2_${service}`, verdict: 'unregistered', people })] : []),
  ]);
const alertOf = (rule: string, service: string): string =>
  alertId(rule, rule === 'new' ? `service/${service}` : `f_${service}`);

/** Runs it all with a round each half hour; afterwards a long calm, so that whatever waits comes. */
function live(one: Shape, check: (memory: Memory, at: number) => void = () => {}) {
  const memory = new Memory(setOf(one));
  const facts: { at: number; fact: Fact }[] = [];
  const acks: { at: number; alert: string; who: string; why: string }[] = [];
  let now = start;
  const pass = (until: number): void => {
    for (now += hourMs / 2; now < until; now += hourMs / 2) {
      memory.round(now);
      check(memory, now);
    }
    now = until;
  };
  for (const { after, what } of one.events) {
    pass(now + (after * hourMs) / 2);
    if (what.kind === 'fact') {
      const fact = factOf(what.service, what.verdict, what.people);
      facts.push({ at: now, fact });
      memory.learn(fact, now);
    } else {
      const alert = alertOf(what.rule, what.service);
      acks.push({ at: now, alert, who: 'ada', why: 'Mine.' });
      memory.acknowledge(alert, now);
      memory.round(now);
    }
    check(memory, now);
  }
  pass(now + 6 * dayMs);
  return { memory, facts, acks, end: now - hourMs / 2 };
}

/** In one order, whatever came first at the same instant. */
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const runs = { numRuns: Number(process.env.ALERT_RUNS ?? 40), seed: 20_261_126 };
const idsOf = ({ details }: { details: Readonly<Record<string, unknown>> }): string[] => details.alerts as string[];

it('nothing is lost: every opening and every end is told, or its history says why not; nothing waits for ever', () => {
  fc.assert(
    fc.property(shape, (one) => {
      const { memory } = live(one);
      const stands = new Set(
        [...memory.alerts.values()].filter(({ state }) => state !== 'resolved').map(({ id }) => id),
      );
      for (const alert of memory.alerts.values()) {
        const own = memory.steps.filter((step) => step.alert === alert.id);
        const begun = own.filter(({ kind }) => kind === 'opened' || kind === 'reopened');
        expect(begun).toHaveLength(alert.times);
        for (const [n, begin] of begun.entries()) {
          // Until it began again, or for ever.
          const life = own.slice(
            own.indexOf(begin),
            n + 1 < begun.length ? own.indexOf(begun[n + 1] ?? begin) : undefined,
          );
          const answered = own
            .slice(own.indexOf(begin) + 1)
            .some(
              ({ kind, why }) =>
                (kind === 'told' && why.startsWith('opened')) ||
                kind === 'dropped' ||
                kind === 'inhibited' ||
                kind === 'acknowledged',
            );
          expect(answered, JSON.stringify(life)).toBe(true);
        }
        if (alert.pending.length > 0) {
          // Only one that another stands for waits, and only as long as that one goes on.
          expect(alert.inhibitedBy).not.toBeNull();
          expect([...stands].some((id) => alert.inhibitedBy?.includes(id))).toBe(true);
        }
      }
    }),
    runs,
  );
});

it('where nobody takes an alert and none stands for another, each beginning and each end is told, once', () => {
  fc.assert(
    fc.property(shape, (all) => {
      const one = { ...all, silenced: false, events: all.events.filter(({ what }) => what.kind === 'fact') };
      const { memory } = live(one);
      for (const alert of memory.alerts.values()) {
        const mine = memory.notices.filter(({ notice }) => idsOf(notice).includes(alert.id));
        const ends = memory.steps.filter((step) => step.alert === alert.id && step.kind === 'resolved');
        expect(ends).toHaveLength(alert.state === 'resolved' ? alert.times : alert.times - 1);
        expect(mine.filter(({ notice }) => notice.kind === 'alert.opened')).toHaveLength(alert.times);
        expect(mine.filter(({ notice }) => notice.kind === 'alert.resolved')).toHaveLength(
          alert.rule === 'new' && !one.resolved ? 0 : ends.length,
        );
        // Six days are enough for all reminders of one that goes on.
        if (alert.state === 'open') expect(alert.reminders).toBe(times);
      }
    }),
    runs,
  );
});

it('what ended and came back while it waited for the morning is told in that order, and goes on to be reminded of', () => {
  const memory = new Memory(
    ruleSet(
      [{ id: 'denied', kind: 'denied-in-use', remind: { every: '6h', times: 1 } }],
      [{ from: '20:00', to: '06:00' }],
    ),
  );
  const at = (hour: number): number => start + (hour - 12) * hourMs;
  const [on, off] = [factOf('beta', 'denied', 1), factOf('beta', 'sanctioned', 1)];
  for (const [hour, fact] of [
    [18, on],
    [20, off],
    [21, on],
    [22, off],
    [23, on],
    [38, off],
  ] as const) {
    for (let past = 18; past < hour; past++) if (at(past) > (memory.notices.at(-1)?.at ?? 0)) memory.round(at(past));
    memory.learn(fact, at(hour));
  }
  expect(memory.notices.map(({ notice, at: told }) => `${(told - start) / hourMs + 12} ${notice.kind}`)).toEqual([
    '18 alert.opened',
    '30 alert.resolved',
    '30 alert.opened',
    '30 alert.resolved',
    '30 alert.opened',
    '36 alert.reminded',
    '38 alert.resolved',
  ]);
  expect(new Set(memory.notices.map(({ notice }) => notice.id)).size).toBe(7);
});

it('nothing is told twice, and each notice is in the history of each of its alerts', () => {
  fc.assert(
    fc.property(shape, (one) => {
      const { memory } = live(one);
      const ids = memory.notices.map(({ notice }) => notice.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { notice } of memory.notices)
        for (const id of idsOf(notice))
          expect(memory.steps.filter((step) => step.alert === id && step.notice === notice.id)).toHaveLength(1);
      for (const alert of memory.alerts.values()) {
        const mine = memory.notices.filter(({ notice }) => idsOf(notice).includes(alert.id));
        expect(alert.notices).toBe(mine.length);
        // Each life is told to begin at most once.
        expect(mine.filter(({ notice }) => notice.kind === 'alert.opened').length).toBeLessThanOrEqual(alert.times);
        expect(mine.filter(({ notice }) => notice.kind === 'alert.reminded').length).toBeLessThanOrEqual(
          alert.times * times,
        );
        expect(mine.filter(({ notice }) => notice.kind === 'alert.escalated').length).toBeLessThanOrEqual(
          alert.times * 2,
        );
      }
    }),
    runs,
  );
});

it('only who is open is reminded of or escalated, at the earliest when its time has come', () => {
  fc.assert(
    fc.property(shape, (one) => {
      let seen = 0;
      let before = new Map<string, Alert>();
      live(one, (memory, at) => {
        for (const { notice } of memory.notices.slice(seen))
          if (notice.kind === 'alert.reminded' || notice.kind === 'alert.escalated')
            for (const id of idsOf(notice)) {
              const toldAt = memory.alerts.get(id)?.toldAt ?? Number.NaN;
              expect(before.get(id)?.state).toBe('open');
              expect(memory.alerts.get(id)?.state).not.toBe('acknowledged');
              expect(at - toldAt).toBeGreaterThanOrEqual(notice.kind === 'alert.reminded' ? every : 3 * hourMs);
            }
        seen = memory.notices.length;
        before = new Map(memory.alerts);
      });
    }),
    runs,
  );
});

it('in quiet hours nothing is told but what breaks through', () => {
  fc.assert(
    fc.property(shape, (one) => {
      const { memory } = live(one);
      if (!one.quiet || one.severity === 'high') return;
      expect(memory.notices.filter(({ at }) => isQuiet(at))).toEqual([]);
    }),
    runs,
  );
});

it('the replay of the same facts and acknowledgements tells the same', async () => {
  await fc.assert(
    fc.asyncProperty(shape, async (one) => {
      const { memory, facts, acks, end } = live(one);
      const told: string[] = [];
      for await (const { notice, channels } of replay(setOf(one), { facts, acknowledged: acks }, end))
        told.push(`${notice.at} ${notice.id} ${notice.kind} ${channels}`);
      expect(told.sort(inOrder)).toEqual(
        memory.notices
          .map(({ notice, channels }) => `${notice.at} ${notice.id} ${notice.kind} ${channels}`)
          .sort(inOrder),
      );
    }),
    runs,
  );
});
