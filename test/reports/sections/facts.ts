import type { InventoryEntry } from '../../../src/core/register.js';
import type { ReportRole } from '../../../src/core/report-role.js';
import type {
  FindingFacts,
  PeriodFacts,
  ServiceFacts,
  SourceFacts,
  Used,
  WaitingFacts,
} from '../../../src/reports/periodic/facts.js';
import { approved } from '../periodic/planted.js';

// Facts of week 47 of 2026 (16 to 22 November), of which nothing is known; tests say what is.

export const facts = (role: ReportRole = 'admin', change: Partial<PeriodFacts> = {}): PeriodFacts => ({
  period: { id: '2026-W47', kind: 'week', from: '2026-11-16', to: '2026-11-22' },
  before: { id: '2026-W46', kind: 'week', from: '2026-11-09', to: '2026-11-15' },
  end: Date.parse('2026-11-23T00:00:00Z'),
  zone: 'UTC',
  audience: { role, group: role === 'manager' ? 'Own' : undefined, names: false },
  members: role === 'manager' ? 9 : 0,
  totals: { now: { people: 0, actors: 0 }, before: { people: 0, actors: 0 } },
  services: [],
  findings: [],
  groups: [],
  entries: [],
  waiting: [],
  due: [],
  measures: [],
  candidates: { list: [], all: 0 },
  decisions: [],
  spend: [],
  subscriptions: [],
  sources: [],
  shows: [],
  newestDay: undefined,
  versions: {
    product: '1.2.3',
    catalog: 'c',
    catalogRelease: '',
    inventory: 'i',
    entries: 0,
    riskRules: '1',
    checkpoint: '',
  },
  ...change,
});

export const used = (people: number, change: Partial<Used> = {}): Used => ({
  events: people * 10,
  attempts: 0,
  bytesOut: 0,
  people,
  actors: people,
  ...change,
});

export const service = (id: string, change: Partial<ServiceFacts> = {}): ServiceFacts => ({
  id,
  name: `${id} AI`,
  vendor: `${id} Inc.`,
  category: 'chat',
  now: used(6),
  before: used(6),
  firstDay: '2026-10-01',
  lastDay: '2026-11-20',
  contactOnly: false,
  silentSources: [],
  ...change,
});

export const finding = (id: string, change: Partial<FindingFacts> = {}): FindingFacts => ({
  id: `${id}/personal`,
  service: id,
  accountKind: 'personal',
  verdict: 'unregistered',
  reason: 'because',
  entry: undefined,
  groups: [],
  risk: { score: 40, level: 'medium', factors: [], rules: '1' },
  signals: [],
  strength: 'visit',
  contactOnly: false,
  provenance: 'observed',
  claimedOnly: false,
  unverified: { actors: 0, events: 0, attempts: 0 },
  actors: 6,
  people: 6,
  events: 60,
  attempts: 0,
  bytesOut: 0,
  bytesIn: 0,
  first: 0,
  last: 0,
  name: `${id} AI`,
  vendor: `${id} Inc.`,
  now: used(6),
  since: '2026-10-01',
  who: [],
  alternatives: [],
  ...change,
});

export const source = (id: string, change: Partial<SourceFacts> = {}): SourceFacts => ({
  id,
  kind: 'folder',
  chunks: 1,
  records: 100,
  rejected: 0,
  hours: { all: 168, withData: 168 },
  days: { all: 7, covered: 7 },
  refused: 0,
  missing: 0,
  gaps: 0,
  gapWhy: '',
  ...change,
});

export const entry = (id: string, change: Partial<InventoryEntry> = {}): InventoryEntry => ({
  ...approved,
  id,
  name: `The ${id}`,
  services: [id],
  ...change,
});

export const waiting = (id: string, change: Partial<WaitingFacts> = {}): WaitingFacts => ({
  entry: id,
  name: `The ${id}`,
  services: [id],
  tier: 2,
  approvers: ['ciso'],
  owner: 'ada',
  since: '2026-11-10',
  days: 12,
  by: '2026-11-24',
  left: 2,
  overdue: false,
  used: false,
  ...change,
});

/** Everything there may be, so many of each; `say` makes each text that comes from outside: what it is, and its number. */
export function full(role: ReportRole, count: number, say: (what: string, n: number) => string): PeriodFacts {
  const many = <T>(of: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => of(n));
  const own = facts(role).audience;
  return facts(role, {
    audience: { ...own, ...(own.group !== undefined && { group: say('own-group', 0) }) },
    totals: { now: { people: 9, actors: 11 }, before: { people: 5, actors: 5 } },
    services: many((n) =>
      service(`s${n}`, {
        name: say('service', n),
        vendor: say('vendor', n),
        ...(n % 4 === 1 && { firstDay: '2026-11-17', before: used(0) }),
        ...(n % 4 === 2 && { now: used(20) }),
        ...(n % 4 === 3 && { now: used(0, { attempts: 3 }), silentSources: [say('source', n)] }),
      }),
    ),
    findings: many((n) =>
      finding(`s${n}`, {
        name: say('service', n),
        vendor: say('vendor', n),
        reason: say('reason', n),
        signals: [{ name: 'bypass', why: say('signal', n), numbers: {} }],
        who: [{ actor: say('person', n), group: say('group', n), events: 3, attempts: 2 }],
        alternatives: [say('service', n)],
        claimedOnly: n % 9 === 8,
        groups: [{ group: say('group', n), verdict: 'denied', reason: say('reason', n), actors: 2, events: 2 }],
      }),
    ),
    groups: many((n) => ({ group: say('group', n), people: 6, services: 2, before: 5 })),
    entries: many((n) =>
      entry(`s${n}`, {
        name: say('entry', n),
        business_owner: say('owner', n),
        approvers: [say('approver', n)],
        requester: say('requester', n),
        ...(n % 3 === 1 && { review_date: '2026-11-01' }),
        ...(n % 3 === 2 && { status: 'in-review' as const }),
      }),
    ),
    waiting: many((n) =>
      waiting(`s${n}`, {
        name: say('entry', n),
        approvers: [say('approver', n)],
        owner: say('owner', n),
        overdue: true,
        by: '2026-11-20',
        left: -2,
      }),
    ),
    due: many((n) => ({
      entry: `s${n}`,
      name: say('entry', n),
      what: 'review' as const,
      date: '2026-12-01',
      daysLeft: 9,
      reason: say('reason', n),
    })),
    measures: many((n) => ({
      now: { name: `m${n}`, numerator: 1, denominator: 2, sentence: say('measure', n) },
      before: undefined,
    })),
    candidates: {
      list: many((n) => ({
        kind: 'host' as const,
        subject: say('candidate', n),
        score: 50,
        events: 3,
        firstDay: '2026-11-17',
        isNew: true,
      })),
      all: count + 7,
    },
    decisions: many((n) => ({
      day: '2026-11-18',
      who: say('decider', n),
      action: 'entry.approved',
      subject: say('decided', n),
    })),
    spend: many((n) => ({ service: `s${n}`, name: say('paid', n), currency: 'EUR', amount: 100, before: 0 })),
    subscriptions: many((n) => ({
      service: `s${n}`,
      name: say('paid', n),
      payer: say('payer', n),
      cadence: 'monthly',
      amount: 100,
      currency: 'EUR',
      next: '2026-12-01',
      stopped: false,
    })),
    sources: many((n) =>
      source(say('source', n), { gaps: 1, gapWhy: say('gap', n), days: { all: 7, covered: n % 2 } }),
    ),
    shows: [],
  });
}
