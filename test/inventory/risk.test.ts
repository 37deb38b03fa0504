import { describe, expect, it } from 'vitest';
import { bypassSignal } from '../../src/inventory/bypass.js';
import { reconcile } from '../../src/inventory/reconcile.js';
import { type RiskInput, riskOf } from '../../src/inventory/risk.js';
import { riskRules } from '../../src/inventory/risk-rules.js';
import { factsFor } from '../../src/inventory/service-facts.js';
import { entry, person, row, service, services } from './helpers.js';

const fact = (plan: string | undefined, value: string) => ({
  ...(plan === undefined ? {} : { plan }),
  value,
  source: 'made up',
  read: '2026-01-01',
});
const chatgpt = service('chatgpt', {
  plans: [
    { name: 'Free', account: 'personal' },
    { name: 'Go', account: 'personal' },
    { name: 'Business', account: 'enterprise' },
  ],
  risk: {
    trains_on_customer_data: [fact('Free, Go', 'yes'), fact('Business', 'no')],
    soc2: [fact('Business', 'Type II')],
    iso27001: [fact('Business', 'claimed (gated)')],
  },
});
const input = (over: Partial<RiskInput> = {}): RiskInput => ({
  service: chatgpt,
  accountKind: 'enterprise',
  strength: 'visit',
  people: 1,
  bytesOut: 0,
  verdict: 'sanctioned',
  ageDays: 0,
  owner: 'Jo',
  ...over,
});
const points = (over: Partial<RiskInput>) =>
  Object.fromEntries(riskOf(input(over)).factors.map((factor) => [factor.name, factor.points]));

describe('the risk score', () => {
  it('names the country, not its code', () => {
    const { factors } = riskOf(input({ service: service('x', { vendor: { name: 'X', country: 'CN' } }) }));
    expect(factors.map(({ why }) => why)).toContain(
      'X has its head office in China, outside the countries that the rules list as adequate.',
    );
  });

  it('is a sum of named factors, each with a sentence, under a version of the rules', () => {
    const risk = riskOf(
      input({
        accountKind: 'personal',
        verdict: 'wrong-account',
        people: 20,
        bytesOut: 2_500_000_000,
        ageDays: 45,
        owner: undefined,
      }),
    );
    expect(risk.factors.map(({ group, name, points: p }) => [group, name, p])).toEqual([
      ['service', 'trains-on-customer-data', 12],
      ['service', 'no-soc2', 3],
      ['service', 'no-iso27001', 3],
      ['service', 'category', 4],
      ['usage', 'strength', 4],
      ['usage', 'people', 6],
      ['usage', 'uploads', 8],
      ['usage', 'personal-account', 5],
      ['governance', 'verdict', 24],
      ['governance', 'age', 3],
      ['governance', 'no-owner', 4],
    ]);
    expect(risk).toMatchObject({ score: 76, level: 'high', rules: riskRules.version });
    expect(risk.factors.find((factor) => factor.name === 'uploads')?.why).toBe('2.5 GB were sent to it.');
    expect(risk.factors[0]?.why).toBe('The vendor trains on customer data (plans Free, Go).');
  });

  it('takes the facts of the plans that the account kind can have, and the worst for an unknown one', () => {
    expect(points({})).toEqual({ 'no-iso27001': 3, category: 4, strength: 4 });
    expect(points({ accountKind: 'unknown' })).toMatchObject({ 'trains-on-customer-data': 12 });
    expect(factsFor(chatgpt, 'soc2', 'personal')).toEqual([]);
  });

  it('counts what no source states, and a head office outside the listed countries', () => {
    const bare = service('bare', { vendor: { name: 'Bare', country: 'CN' }, confidence: 'low' });
    expect(points({ service: bare })).toMatchObject({
      'training-not-stated': 6,
      'no-soc2': 3,
      jurisdiction: 8,
      'low-confidence': 2,
    });
    expect(points({ service: service('eu', { vendor: { name: 'Eu', country: 'FR' } }) })).not.toHaveProperty(
      'jurisdiction',
    );
  });

  it('ends at 100, and says so in a factor of its own', () => {
    const bare = service('bare', {
      vendor: { name: 'Bare', country: 'CN' },
      category: 'agent',
      risk: { trains_on_customer_data: [fact(undefined, 'yes')] },
    });
    const risk = riskOf(
      input({
        service: bare,
        accountKind: 'personal',
        strength: 'permission',
        people: 500,
        bytesOut: 5e9,
        sensitivePeople: 3,
        verdict: 'denied',
        ageDays: 400,
        owner: undefined,
      }),
    );
    expect(risk.score).toBe(100);
    expect(risk.factors.at(-1)?.name).toBe('capped');
    expect(risk.factors.reduce((sum, factor) => sum + factor.points, 0)).toBe(100);
  });

  it('puts nothing on use or governance for attempts that did not go through', () => {
    expect(
      riskOf(input({ verdict: 'attempted', people: 50, owner: undefined })).factors.every(
        (factor) => factor.group === 'service',
      ),
    ).toBe(true);
  });

  it('grows with the gravity of the verdict, denied at the top', () => {
    const { verdict } = riskRules.governance;
    expect(Math.max(...Object.values(verdict))).toBe(verdict.denied);
    expect(verdict.sanctioned).toBe(0);
  });
});

describe('the signal bypass', () => {
  it('states people, groups, and how many were also seen on an approved tool', () => {
    expect(
      bypassSignal('DeepSeek', 'chat', [
        { group: 'Sales', approved: ['ChatGPT'], people: 7, alsoOnApproved: 2, onApproved: 30 },
        { group: 'Legal', approved: ['ChatGPT'], people: 1, alsoOnApproved: 0, onApproved: 4 },
      ]),
    ).toEqual({
      name: 'bypass',
      why:
        '8 people of 2 groups use DeepSeek, although ChatGPT (chat) is approved for those groups; 2 of the 8 were also seen on an ' +
        'approved tool. Of all people of those groups, 34 were.',
      numbers: { people: 8, instead: 6, alsoOnApproved: 2, onApproved: 34, groups: 2 },
    });
    expect(bypassSignal('DeepSeek', 'chat', [])).toBeUndefined();
  });

  const catalog = services(chatgpt, service('deepseek'), service('otter', { category: 'meeting' }));
  const signals = (entries: Parameters<typeof reconcile>[0]['entries']) => {
    const usage = [
      row({ actor: person('ann', 'Sales') }),
      row({ service: 'deepseek', actor: person('ann', 'Sales') }),
      row({ service: 'deepseek', actor: person('bob', 'Sales') }),
      row({ service: 'deepseek', actor: person('lea', 'Legal') }),
      row({ service: 'deepseek', actor: { kind: 'device', id: 'pc', group: '' } }),
      row({ service: 'deepseek', actor: person('tim', 'Sales'), events: 0, attempts: 1 }),
      row({ service: 'otter', actor: person('bob', 'Sales') }),
    ];
    const { findings } = reconcile({
      usage,
      entries,
      services: catalog,
      period: { from: '', to: '' },
      asOf: '2026-04-01',
    });
    return Object.fromEntries(
      findings.map((finding) => [finding.service, finding.signals.map((signal) => signal.numbers)]),
    );
  };

  it('is raised on the unapproved service of the same category, for the groups that have an approved one', () => {
    expect(signals([entry({ allowed_groups: ['Sales'] })])).toEqual({
      chatgpt: [],
      deepseek: [{ people: 2, instead: 1, alsoOnApproved: 1, onApproved: 1, groups: 1 }],
      otter: [],
    });
  });

  it('needs an approval that runs', () => {
    expect(signals([entry({ review_date: '2026-01-01' })]).deepseek).toEqual([]);
    expect(signals([entry({ status: 'requested' })]).deepseek).toEqual([]);
  });
});
