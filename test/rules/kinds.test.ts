import { describe, expect, it } from 'vitest';
import { ruleKinds } from '../../src/core/alert.js';
import type { CandidateFact, Fact, GrantFact, JobFact, SourceFact } from '../../src/rules/facts.js';
import { finding, hourMs, Memory, ruleSet, serviceOf, start } from './helpers.js';

const source = (change: Partial<SourceFact> = {}): SourceFact => ({
  about: 'source',
  source: 'proxy',
  silent: false,
  paused: false,
  unreadShare: 0,
  records: 0,
  said: { silent: null, paused: null, unread: 0, received: 0 },
  ...change,
});
const grant = (change: Partial<GrantFact> = {}): GrantFact => ({
  about: 'grant',
  grant: 'entra/app-1',
  source: 'entra',
  app: 'Notes Helper',
  appId: null,
  service: null,
  category: null,
  permission: 'delegated',
  consent: 'user',
  scopes: ['User.Read'],
  gone: false,
  ...change,
});
const candidate = (change: Partial<CandidateFact> = {}): CandidateFact => ({
  about: 'candidate',
  candidate: 'c_1',
  kind: 'host',
  subject: 'brain.example.ai',
  score: 69,
  decided: false,
  said: { reasons: [], actors: 3, events: 9 },
  ...change,
});
const job = (failures: number): JobFact => ({
  about: 'job',
  job: 'collect:entra',
  failures,
  said: { outcome: 'HTTP 401' },
});
const chat = (change: Parameters<typeof finding>[0]): Fact => serviceOf('chat', [finding(change)]);
const legal = (people: number) => [{ name: 'Legal', people }];

/** For each kind: what is no news to it, what is, what ends it, and the title and details of the notice. */
const kinds: Record<
  (typeof ruleKinds)[number],
  { when?: object; calm: Fact[]; begins: Fact; ends: Fact; title: string; details: object }
> = {
  'new-unapproved-vendor': {
    calm: [
      chat({ verdict: 'sanctioned' }),
      chat({ verdict: 'attempted' }),
      chat({ claimedOnly: true }),
      chat({ state: 'resolved' }),
    ],
    begins: chat({ people: 3 }),
    ends: chat({ verdict: 'sanctioned' }),
    title: 'New: chat is in use, and nobody approved it',
    details: { service: 'chat', verdict: 'unregistered', people: 3, finding: 'f_1' },
  },
  'first-use-of-category': {
    calm: [
      serviceOf('chat', [finding()], { firstOfCategory: false }),
      serviceOf('chat', [finding()], { firstOfCategory: true, category: null }),
    ],
    begins: serviceOf('chat', [finding()], { firstOfCategory: true }),
    ends: serviceOf('chat', [finding({ verdict: 'sanctioned' })], { firstOfCategory: true }),
    title: 'First use of the category chat: chat',
    details: { category: 'chat' },
  },
  'denied-in-use': {
    calm: [chat({ verdict: 'unregistered' }), chat({ verdict: 'lapsed' })],
    begins: chat({ verdict: 'denied' }),
    ends: chat({ verdict: 'denied', state: 'resolved' }),
    title: 'chat, denied, is in use all the same',
    details: { verdict: 'denied' },
  },
  'wrong-account': {
    calm: [chat({ accountKind: 'personal', verdict: 'unregistered' })],
    begins: chat({ accountKind: 'personal', verdict: 'wrong-account' }),
    ends: chat({ accountKind: 'personal', verdict: 'sanctioned' }),
    title: 'chat with a personal account, wrong-account, is used with accounts that are not allowed',
    details: { account_kind: 'personal' },
  },
  'sensitive-group': {
    when: { groups: ['legal '] },
    calm: [chat({ groups: [{ name: 'Sales', people: 9 }] }), chat({ groups: legal(9), verdict: 'sanctioned' })],
    begins: chat({ groups: legal(4) }),
    ends: chat({ groups: [{ name: 'Sales', people: 9 }] }),
    title: 'chat is used in Legal, which works with sensitive data',
    // Fewer than five: a number would tell who.
    details: { group: 'Legal', people: null },
  },
  'upload-volume': {
    when: { bytes_per_day: '1MiB' },
    calm: [chat({ bytesPerDay: 1_048_576 }), chat({ bytesPerDay: 1000, growth: true })],
    begins: chat({ bytesPerDay: 2_100_000 }),
    ends: chat({ bytesPerDay: 1000 }),
    title: 'chat is sent more than 1 MB in a day',
    details: { bytes_per_day: 2_100_000, growth: false },
  },
  'risky-grant': {
    calm: [grant(), grant({ scopes: ['https://www.googleapis.com/auth/drive.file'] })],
    begins: grant({ scopes: ['Mail.ReadWrite', 'User.Read'] }),
    ends: grant({ scopes: ['Mail.ReadWrite', 'User.Read'], gone: true }),
    title: 'New permission: Notes Helper may reach data of the organisation',
    details: { app: 'Notes Helper', risky_scopes: ['Mail.ReadWrite'] },
  },
  'lapsed-exception': {
    calm: [chat({ verdict: 'excepted' }), chat({ verdict: 'denied' })],
    begins: chat({ verdict: 'lapsed' }),
    ends: chat({ verdict: 'excepted' }),
    title: 'chat, lapsed, is in use past its date',
    details: { verdict: 'lapsed' },
  },
  'candidate-score': {
    calm: [candidate(), candidate({ score: 90, decided: true })],
    begins: candidate({ score: 70 }),
    ends: candidate({ score: 70, decided: true }),
    title: 'Looks like AI and is in no catalog: brain.example.ai',
    details: { candidate: 'c_1', score: 70, actors: 3, events: 9 },
  },
  'silent-source': {
    calm: [source({ unreadShare: 100, records: 1000 })],
    begins: source({ silent: true, said: { silent: 'Nothing since noon.', paused: null, unread: 0, received: 0 } }),
    ends: source(),
    title: 'Source proxy is silent',
    details: { source: 'proxy' },
  },
  'quarantine-rate': {
    calm: [
      source({ unreadShare: 4, records: 1000 }),
      source({ unreadShare: 50, records: 90 }),
      source({ silent: true }),
    ],
    begins: source({ unreadShare: 5, records: 100, said: { silent: null, paused: null, unread: 6, received: 107 } }),
    ends: source({ unreadShare: 4, records: 100 }),
    title: 'Source proxy: 5 % of its records could not be read',
    details: { share: 5, unread: 6, received: 107 },
  },
  'job-failures': {
    calm: [job(1), job(2)],
    begins: job(3),
    ends: job(0),
    title: 'The job collect:entra failed 3 times in a row',
    details: { job: 'collect:entra', source: 'entra', failures: 3 },
  },
};

describe('each kind of rule, from what is known to the notice', () => {
  it.each(ruleKinds)('%s', (kind) => {
    const { when = {}, calm, begins, ends, title, details } = kinds[kind];
    const memory = new Memory(ruleSet([{ id: 'r', kind, when, severity: 'high' }]));
    let at = start;
    const learn = (fact: Fact): void => {
      at += hourMs;
      memory.learn(fact, at);
    };
    for (const fact of calm) learn(fact);
    expect(memory.notices).toEqual([]);
    for (const fact of [begins, begins]) learn(fact);
    expect(memory.notices).toHaveLength(1);
    expect(memory.notices[0]).toMatchObject({
      channels: ['ops', 'boss'],
      notice: { kind: 'alert.opened', title, severity: 'high', details: { rule: 'r', rule_kind: kind, ...details } },
    });
    for (const fact of [ends, ends]) learn(fact);
    expect(memory.notices.map(({ notice }) => `${notice.kind} ${notice.severity}`)).toEqual([
      'alert.opened high',
      'alert.resolved info',
    ]);
    // It is back: the same alert under the same subject, told anew.
    learn(begins);
    expect(memory.notices).toHaveLength(3);
    expect(new Set(memory.notices.map(({ notice }) => notice.subject)).size).toBe(1);
    expect(new Set(memory.notices.map(({ notice }) => notice.id)).size).toBe(3);
  });

  it.each(ruleKinds)('%s sees nothing in what other kinds are about', (kind) => {
    const { when = {}, begins } = kinds[kind];
    const memory = new Memory(ruleSet([{ id: 'r', kind, when }]));
    for (const other of ruleKinds)
      if (kinds[other].begins.about !== begins.about) memory.learn(kinds[other].begins, start);
    expect(memory.notices).toEqual([]);
  });

  it('an app that an administrator let in counts whatever it may do, unless the rule says otherwise', () => {
    const told = (when: object): string[] => {
      const memory = new Memory(ruleSet([{ id: 'r', kind: 'risky-grant', when }]));
      memory.learn(grant({ consent: 'admin' }), start);
      return memory.notices.map(({ notice }) => notice.title);
    };
    expect(told({})).toEqual(['New permission: Notes Helper may act for the organisation']);
    expect(told({ admin_consent: false })).toEqual([]);
  });
});
