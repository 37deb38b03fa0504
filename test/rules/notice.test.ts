import { describe, expect, it } from 'vitest';
import { alertsOf, alertsSchema } from '../../src/config/alerts.js';
import { alertNotice } from '../../src/rules/notice.js';
import { alert } from '../store/helpers/alert.js';

const [rule] = alertsOf(alertsSchema.parse({ rules: [{ id: 'new-vendor', kind: 'new-unapproved-vendor' }] })).rules;
const textOf = (news: 'acknowledged' | 'resolved', acknowledgedBy: string | null, acknowledgedWhy: string | null) => {
  if (rule === undefined) throw new Error('no rule');
  const one = alert({ acknowledgedBy, acknowledgedWhy, openedAt: Date.UTC(2026, 9, 5, 12) });
  return alertNotice({ news, alerts: [one], rule, thread: 'alert/x', open: 0, at: 0 }).text;
};

describe('what people read of who has an alert', () => {
  it('is the name, without how it is known', () => {
    expect(textOf('acknowledged', 'link:Jane Doe', 'Taken by the link of a message; nobody checked the name.')).toBe(
      'Jane Doe has it: Taken by the link of a message; nobody checked the name.',
    );
    expect(textOf('acknowledged', 'cli:ada', 'I ask them.')).toBe('ada has it: I ask them.');
    expect(textOf('acknowledged', null, null)).toBe('Somebody has it: no reason given');
    expect(textOf('resolved', 'link:Jane Doe', null)).toBe('It was so from 2026-10-05T12:00:00Z on; Jane Doe had it.');
    expect(textOf('resolved', null, null)).toBe('It was so from 2026-10-05T12:00:00Z on.');
    expect(textOf('acknowledged', 'Ada: the first', 'x')).toBe('Ada: the first has it: x');
  });
});
