import { expect, it } from 'vitest';
import { type Replayed, replay, type Waiting } from '../../src/rules/replay.js';
import { finding, hourMs, minuteMs, ruleSet, serviceOf, start } from './helpers.js';

const set = ruleSet([{ id: 'new-vendor', kind: 'new-unapproved-vendor', group: { within: '1h' } }]);
const facts = ['one', 'two', 'three'].map((service, at) => ({
  at: start + at * minuteMs,
  fact: serviceOf(service, [finding({ id: `f_${service}` })]),
}));

async function ended(until: number): Promise<{ told: Replayed[]; waiting: Waiting | undefined }> {
  const steps = replay(set, { facts, acknowledged: [] }, until);
  const told: Replayed[] = [];
  for (;;) {
    const step = await steps.next();
    if (step.done) return { told, waiting: step.value };
    told.push(step.value);
  }
}

it('says what waits at its end for the group, and until when', async () => {
  const { told, waiting } = await ended(start + 5 * minuteMs);
  expect(told.map(({ notice }) => notice.details.count)).toEqual([1]);
  expect(waiting).toMatchObject({ alerts: 2 });
  const next = waiting?.next ?? 0;
  expect((await ended(next - 1)).told).toHaveLength(1);
  const after = await ended(next);
  expect(after.told.map(({ notice }) => notice.details.count)).toEqual([1, 2]);
  expect(after.waiting).toBeUndefined();
});

it('says nothing where nothing waits', async () => {
  expect((await ended(start + 3 * hourMs)).waiting).toBeUndefined();
});
