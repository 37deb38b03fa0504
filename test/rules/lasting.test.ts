import { expect, it } from 'vitest';
import { bare } from '../../src/rules/facts.js';
import { replay } from '../../src/rules/replay.js';
import { dayMs, finding, Memory, ruleSet, serviceOf, start } from './helpers.js';

const [people, days] = [500, 90];

/** What is known of one service after each use: everybody uses it every day, at a time of day of their own. */
function* daily() {
  for (let day = 0; day < days; day++)
    for (let person = 0; person < people; person++) {
      const at = start + day * dayMs + person * 60_000;
      const said = {
        reason: `Used ${day * people + person + 1} times.`,
        growth: null,
        entry: null,
        events: day * people + person + 1,
        attempts: 0,
        lastSeen: at,
      };
      const seen = day === 0 ? person + 1 : people;
      yield { at, fact: serviceOf('chat', [finding({ people: seen, said, bytesPerDay: seen * 1000 })]) };
    }
}

it('one lasting state, used daily by 500 people for 90 days, is one alert and not 45,000', () => {
  const memory = new Memory(
    ruleSet([{ id: 'new-vendor', kind: 'new-unapproved-vendor', remind: { every: '7d', times: 4 } }]),
  );
  let facts = 0;
  for (const { at, fact } of daily()) {
    memory.learn(fact, at);
    facts++;
  }
  expect(facts).toBe(45_000);
  expect(memory.alerts.size).toBe(1);
  expect(memory.notices.map(({ notice }) => notice.kind)).toEqual([
    'alert.opened',
    'alert.reminded',
    'alert.reminded',
    'alert.reminded',
    'alert.reminded',
  ]);
  expect(memory.notices.map(({ at }) => (at - start) / dayMs)).toEqual([0, 7, 14, 21, 28]);
  expect(new Set(memory.notices.map(({ notice }) => notice.id)).size).toBe(5);
  // The text follows what is known, without being news.
  expect([...memory.alerts.values()][0]?.details.events).toBe(45_000);
});

it('what is kept of it is what makes a difference to rules: 500 facts, not 45,000; and the replay of these tells the same', async () => {
  const kept: { at: number; fact: ReturnType<typeof serviceOf> }[] = [];
  for (const one of daily()) {
    const last = kept.at(-1);
    if (last === undefined || bare(last.fact) !== bare(one.fact)) kept.push(one);
  }
  expect(kept).toHaveLength(500);
  const set = ruleSet([{ id: 'new-vendor', kind: 'new-unapproved-vendor', remind: { every: '7d', times: 4 } }]);
  const told: string[] = [];
  for await (const { notice } of replay(set, { facts: kept, acknowledged: [] }, start + days * dayMs))
    told.push(`${notice.kind} ${(notice.at - start) / dayMs}`);
  expect(told).toEqual([
    'alert.opened 0',
    'alert.reminded 7',
    'alert.reminded 14',
    'alert.reminded 21',
    'alert.reminded 28',
  ]);
});
