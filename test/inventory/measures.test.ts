import { describe, expect, it } from 'vitest';
import { completeness, readyForProduction } from '../../src/inventory/completeness.js';
import { measures } from '../../src/inventory/metrics.js';
import { reconcile } from '../../src/inventory/reconcile.js';
import { entry, row, service, services } from './helpers.js';

describe('measures', () => {
  const entries = [
    entry({
      id: 'a',
      business_owner: 'Jo',
      risk_tier: 3,
      approvers: ['Kim'],
      approval_date: '2026-01-01',
      review_date: '2026-12-31',
    }),
    entry({ id: 'b', services: ['claude'], risk_tier: 3, exception: { until: '2026-03-09', controls: [] } }),
    entry({ id: 'c', services: ['unused'], status: 'denied', exception: { until: '2026-03-01', controls: [] } }),
    entry({ id: 'd', services: ['old'], status: 'retired' }),
  ];
  const usage = [
    row(),
    row({ service: 'claude' }),
    row({ service: 'otter' }),
    row({ service: 'tried', events: 0, attempts: 3 }),
  ];
  const catalog = services(service('chatgpt'), service('claude'), service('otter'));
  const { findings } = reconcile({
    usage,
    entries,
    services: catalog,
    period: { from: '', to: '' },
    asOf: '2026-04-01',
  });

  it('come with numerator, denominator and a sentence', () => {
    const found = measures({ findings, entries, usage, asOf: '2026-04-01' });
    expect(found.map(({ name, numerator, denominator }) => [name, numerator, denominator])).toEqual([
      ['services-registered', 2, 3],
      ['entries-with-owner', 1, 3],
      ['high-risk-reviewed', 1, 2],
      ['documented-approvals', 1, 2],
      ['exceptions-ended-on-time', 1, 2],
      ['unapproved-services', 2, 3],
    ]);
    expect(found[0]?.sentence).toBe('2 of 3 services seen are named in the inventory.');
  });

  it('of an empty register and no use are 0 of 0, never a division', () => {
    for (const { numerator, denominator } of measures({ findings: [], entries: [], usage: [], asOf: '2026-04-01' }))
      expect([numerator, denominator]).toEqual([0, 0]);
  });
});

describe('completeness', () => {
  const filled = {
    description: 'Answers questions.',
    business_owner: 'Jo',
    data_categories: ['public'],
    fallback: 'Search.',
    risk_tier: 1 as const,
    kind: 'saas-copilot' as const,
    vendor: 'OpenAI',
    access_model: 'SSO',
    logging_policy: '90 days',
    approvers: ['Kim'],
    approval_date: '2026-01-01',
    review_date: '2027-01-01',
  };

  it('asks more of a higher tier', () => {
    expect(completeness(entry(filled))).toEqual({ score: 100, missing: [] });
    const second = completeness(entry({ ...filled, risk_tier: 2 }));
    const third = completeness(entry({ ...filled, risk_tier: 3 }));
    expect(second.missing[0]).toBe('training_use');
    expect(third.score).toBeLessThan(second.score);
    expect(completeness(entry({ ...filled, risk_tier: 2, kind: 'agent-workflow' })).missing).toContain('tools');
  });

  it('does not ask for a decision while it is pending', () => {
    const { approvers: _a, approval_date: _b, review_date: _c, ...open } = filled;
    expect(completeness(entry({ ...open, status: 'requested' })).score).toBe(100);
    expect(completeness(entry(open)).missing).toEqual(['approvers', 'approval_date', 'review_date']);
  });

  it('of an empty entry is nearly nothing, heaviest gaps first', () => {
    const { score, missing } = completeness(entry({ services: [] }));
    expect(score).toBe(0);
    expect(missing[0]).toBe('description');
  });

  it('production needs one sentence, an owner, data classes and a fallback', () => {
    expect(readyForProduction(entry(filled))).toEqual({ ready: true, missing: [] });
    expect(readyForProduction(entry({ ...filled, business_owner: undefined, technical_owner: 'Ops' })).ready).toBe(
      true,
    );
    expect(
      readyForProduction(entry({ ...filled, description: 'Summarises tickets, e.g. outages, with v1.2 of the model.' }))
        .ready,
    ).toBe(true);
    expect(readyForProduction(entry({ ...filled, description: 'Answers. And writes.' })).missing[0]).toContain('one');
    expect(readyForProduction(entry()).missing).toHaveLength(4);
  });
});
