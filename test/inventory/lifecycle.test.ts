import { describe, expect, it } from 'vitest';
import type { StoredFinding, Transition } from '../../src/core/finding-state.js';
import type { Finding } from '../../src/core/register.js';
import { type Advanced, advance } from '../../src/inventory/lifecycle.js';
import { at, finding } from './lifecycle-helpers.js';

/** Plays steps one after the other, each twice: the second time must be silent. */
function play(...steps: readonly (readonly [day: string, now: Finding | undefined])[]): {
  finding: StoredFinding;
  story: string[];
  transitions: (Transition | undefined)[];
} {
  let stored: StoredFinding | undefined;
  const transitions: (Transition | undefined)[] = [];
  for (const [day, now] of steps) {
    const context = { asOf: day, at: at(day), quietDays: 30, inventoryVersion: 'i1', catalogHash: 'c1' };
    const step: Advanced | undefined = advance(stored, now, context);
    if (step === undefined) {
      transitions.push(undefined);
      continue;
    }
    expect(advance(step.next, now, context)).toEqual({ next: step.next });
    expect(JSON.parse(JSON.stringify(step))).toEqual(step);
    stored = step.next;
    transitions.push(step.transition);
  }
  if (stored === undefined) throw new Error('the story has no finding');
  return { finding: stored, story: transitions.map((step) => step?.kind ?? '-'), transitions };
}

const shadow = (last: string, over: Partial<Finding> = {}) => finding({ verdict: 'unregistered', ...over }, last);
const approved = (last: string) =>
  finding({ verdict: 'sanctioned', entry: 'e1', reason: 'Entry e1 approves it.' }, last);

describe('the life of a finding', () => {
  it('opens once, and news of the same is no news', () => {
    const { story, finding: end } = play(
      ['2026-03-01', shadow('2026-03-01')],
      ['2026-03-02', shadow('2026-03-02', { events: 7 })],
      ['2026-03-02', shadow('2026-03-02', { events: 7 })],
    );
    expect(story).toEqual(['opened', 'updated', '-']);
    expect(end).toMatchObject({ state: 'open', openedAt: at('2026-03-01'), changedAt: at('2026-03-01'), events: 7 });
  });

  it('watches what is approved, and opens it when it lapses', () => {
    const { story, finding: end } = play(
      ['2026-03-01', approved('2026-03-01')],
      ['2026-03-02', finding({ verdict: 'lapsed' }, '2026-03-02')],
    );
    expect(story).toEqual(['updated', 'opened']);
    expect(end).toMatchObject({ state: 'open', verdict: 'lapsed', openedAt: at('2026-03-02') });
  });

  it('says from which verdict it changed, and by which inventory and catalog', () => {
    const { story, transitions } = play(
      ['2026-03-01', shadow('2026-03-01')],
      ['2026-03-02', finding({ verdict: 'denied', reason: 'Entry e2 denies it.' }, '2026-03-02')],
    );
    expect(story).toEqual(['opened', 'changed']);
    expect(transitions[1]).toEqual({
      finding: 'chatgpt/enterprise',
      kind: 'changed',
      at: at('2026-03-02'),
      from: { state: 'open', verdict: 'unregistered' },
      to: { state: 'open', verdict: 'denied' },
      reason: 'The verdict changed from unregistered to denied. Entry e2 denies it.',
      signals: [],
      inventoryVersion: 'i1',
      catalogHash: 'c1',
    });
  });

  it('is resolved by a decision, and reopened when the decision is taken back', () => {
    const {
      story,
      transitions,
      finding: end,
    } = play(
      ['2026-03-01', shadow('2026-03-01')],
      ['2026-03-05', approved('2026-03-04')],
      ['2026-03-06', approved('2026-03-06')],
      ['2026-03-07', finding({ verdict: 'denied' }, '2026-03-06')],
    );
    expect(story).toEqual(['opened', 'resolved', 'updated', 'reopened']);
    expect(transitions[1]?.reason).toBe('The verdict changed from unregistered to sanctioned. Entry e1 approves it.');
    expect(end).toMatchObject({ openedAt: at('2026-03-01'), resolvedAt: null, changedAt: at('2026-03-07') });
  });

  it('is resolved when it was not seen for the quiet days, and not a day earlier', () => {
    const early = play(['2026-03-01', shadow('2026-03-01')], ['2026-03-30', shadow('2026-03-01')]);
    expect(early.story).toEqual(['opened', '-']);
    const {
      story,
      transitions,
      finding: end,
    } = play(['2026-03-01', shadow('2026-03-01')], ['2026-03-31', shadow('2026-03-01')], ['2026-05-01', undefined]);
    expect(story).toEqual(['opened', 'resolved', '-']);
    expect(transitions[1]?.reason).toBe('Not seen since 2026-03-01: no use for 30 days, and 30 days count as quiet.');
    expect(end).toMatchObject({ state: 'resolved', verdict: 'unregistered', resolvedAt: at('2026-03-31') });
  });

  it('is resolved also when its usage has left the window, and keeps its last numbers', () => {
    const { story, finding: end } = play(
      ['2026-03-01', shadow('2026-03-01', { events: 9 })],
      ['2026-03-20', undefined],
      ['2026-04-15', undefined],
    );
    expect(story).toEqual(['opened', '-', 'resolved']);
    expect(end.events).toBe(9);
  });

  it('is reopened by later use, and says when it had been resolved', () => {
    const { story, transitions } = play(
      ['2026-03-01', shadow('2026-03-01')],
      ['2026-04-10', shadow('2026-03-01')],
      ['2026-04-12', shadow('2026-04-12')],
    );
    expect(story).toEqual(['opened', 'resolved', 'reopened']);
    expect(transitions[2]?.reason).toMatch(/^Used again after it was resolved on 2026-04-10\. /);
  });

  it('is not reopened by another verdict on the same old use', () => {
    const { story, finding: end } = play(
      ['2026-03-01', shadow('2026-03-01')],
      ['2026-04-10', shadow('2026-03-01')],
      ['2026-04-11', finding({ verdict: 'denied' }, '2026-03-01')],
      ['2026-04-12', approved('2026-03-01')],
      ['2026-04-13', finding({ verdict: 'denied' }, '2026-03-01')],
    );
    expect(story).toEqual(['opened', 'resolved', 'changed', 'changed', 'changed']);
    expect(end).toMatchObject({ state: 'resolved', verdict: 'denied', resolvedAt: at('2026-04-10') });
  });

  it('is neither kept open nor reopened by blocked attempts', () => {
    const blocked = (last: string) => ({ ...shadow(last), lastUsed: at('2026-03-01') });
    const { story, transitions } = play(
      ['2026-03-01', shadow('2026-03-01')],
      ['2026-03-31', blocked('2026-03-30')],
      ['2026-04-05', blocked('2026-04-05')],
    );
    expect(story).toEqual(['opened', 'resolved', 'updated']);
    expect(transitions[1]?.reason).toMatch(/Blocked or failed attempts were seen until 2026-03-30\.$/);
    const tries = play(['2026-03-01', finding({ verdict: 'attempted', events: 0, attempts: 4 }, '2026-03-01')]);
    expect(tries.finding).toMatchObject({ state: 'watched', lastUsed: null, openedAt: null });
  });

  it('is opened by old logs too, and the quiet days count from the day they came', () => {
    const { story } = play(
      ['2026-06-01', shadow('2025-12-24')],
      ['2026-06-30', shadow('2025-12-24')],
      ['2026-07-01', shadow('2025-12-24')],
      ['2026-07-02', shadow('2025-12-26')],
    );
    expect(story).toEqual(['opened', '-', 'resolved', 'reopened']);
  });

  it('stays resolved when an unused service loses its approval', () => {
    const { story, finding: end } = play(
      ['2026-03-01', approved('2026-03-01')],
      ['2026-06-01', finding({ verdict: 'denied' }, '2026-03-01')],
      ['2026-06-02', finding({ verdict: 'denied' }, '2026-06-02')],
    );
    expect(story).toEqual(['updated', 'changed', 'opened']);
    expect(end.openedAt).toBe(at('2026-06-02'));
  });

  it('never moves first and last seen inward, whatever part of the data the window holds', () => {
    const { finding: end } = play(
      ['2026-03-05', shadow('2026-03-05', { first: at('2026-02-01') })],
      ['2026-03-06', shadow('2026-03-03', { first: at('2026-03-03') })],
      ['2026-03-07', shadow('2026-03-04', { first: undefined })],
    );
    expect(end).toMatchObject({ firstSeen: at('2026-02-01'), lastSeen: at('2026-03-05'), lastUsed: at('2026-03-05') });
  });

  it('lists signals once, when they are raised', () => {
    const bypass = { name: 'bypass', why: 'Five people.', numbers: { people: 5 } };
    const grown = { name: 'upload-growth', why: 'Ten times.', numbers: { factor: 10 } };
    const { transitions } = play(
      ['2026-03-01', shadow('2026-03-01', { signals: [bypass] })],
      ['2026-03-02', shadow('2026-03-02', { signals: [{ ...bypass, numbers: { people: 6 } }, grown] })],
      ['2026-03-03', shadow('2026-03-03', { signals: [grown] })],
    );
    expect(transitions.map((step) => step?.signals.map(({ name }) => name))).toEqual([
      ['bypass'],
      ['upload-growth'],
      [],
    ]);
  });

  it('counts use without a time as new when there is more of it', () => {
    const undated = (events: number) => finding({ events, first: undefined, last: undefined, lastUsed: undefined });
    const { story, transitions } = play(
      ['2026-03-01', undated(3)],
      ['2026-03-31', undated(3)],
      ['2026-04-02', undated(4)],
    );
    expect(story).toEqual(['opened', 'resolved', 'reopened']);
    expect(transitions[1]?.reason).toMatch(/^Not seen since 2026-03-01/);
  });

  it('says nothing of a service that was never seen', () => {
    const context = { asOf: '2026-03-01', at: at('2026-03-01'), quietDays: 30, inventoryVersion: '', catalogHash: '' };
    expect(advance(undefined, undefined, context)).toBeUndefined();
  });

  it('takes days in the zone of the organisation', () => {
    const step = (zone: string, asOf: string) => {
      const context = {
        asOf,
        at: Date.parse('2026-03-30T23:30:00Z'),
        quietDays: 30,
        inventoryVersion: '',
        catalogHash: '',
      };
      const opened = advance(undefined, shadow('2026-03-01'), { ...context, at: at('2026-03-01'), asOf: '2026-03-01' });
      return advance(opened?.next, undefined, { ...context, timezone: zone })?.next.state;
    };
    expect(step('UTC', '2026-03-30')).toBe('open');
    expect(step('Europe/Berlin', '2026-03-31')).toBe('resolved');
  });
});
