import type { Finding } from '../../src/core/register.js';

/** Noon UTC of a day. */
export const at = (day: string): number => Date.parse(`${day}T12:00:00Z`);

/** An unregistered use of ChatGPT by two people, last on a day; the test says what differs. */
export const finding = (over: Partial<Finding> = {}, last = '2026-03-01'): Finding => ({
  id: 'chatgpt/enterprise',
  service: 'chatgpt',
  accountKind: 'enterprise',
  verdict: 'unregistered',
  reason: 'Nothing in the inventory names ChatGPT: 2 people with 5 events on 1 day.',
  entry: undefined,
  groups: [],
  risk: { score: 20, level: 'low', factors: [], rules: 'made up' },
  signals: [],
  strength: 'visit',
  contactOnly: false,
  provenance: 'observed',
  claimedOnly: false,
  unverified: { actors: 0, events: 0, attempts: 0 },
  actors: 2,
  people: 2,
  events: 5,
  attempts: 0,
  bytesOut: 100,
  bytesIn: 200,
  first: at(last),
  last: at(last),
  lastUsed: at(last),
  ...over,
});
