import fc from 'fast-check';
import { type Service, serviceSchema } from '../../src/catalog/schema.js';
import type { AccountKind } from '../../src/core/hit.js';
import {
  allowedAccounts,
  entryKinds,
  entryStatuses,
  environments,
  type InventoryEntry,
  protections,
} from '../../src/core/register.js';
import type { Actor, Usage } from '../../src/core/usage.js';
import { decommissionStatuses } from '../../src/inventory/fields.js';

/** An approved entry for ChatGPT that allows everybody; the test says what differs. */
export const entry = (over: Partial<InventoryEntry> = {}): InventoryEntry => ({
  id: 'e1',
  name: 'ChatGPT',
  services: ['chatgpt'],
  workspaces: [],
  allowed_account: 'any',
  allowed_groups: [],
  allowed_data_classes: [],
  approvers: [],
  integration_points: [],
  tools: [],
  systems_reached: [],
  data_categories: [],
  sensitive_sources: {},
  prompt_templates: [],
  status: 'approved',
  conditions: [],
  ...over,
});

export const person = (id: string, group = ''): Actor => ({ kind: 'person', id, group });

/** One event of Jane of Sales on 10 March with an enterprise account; the test says what differs. */
export const row = (over: Partial<Usage> = {}): Usage => ({
  day: '2026-03-10',
  service: 'chatgpt',
  actor: person('jane', 'Sales'),
  source: 'squid',
  accountKind: 'enterprise',
  strength: 'visit',
  provenance: 'observed',
  confidence: 'high',
  events: 1,
  attempts: 0,
  bytesOut: 0,
  bytesIn: 0,
  spend: new Map(),
  first: undefined,
  last: undefined,
  ...over,
});

export const service = (id: string, over: Record<string, unknown> = {}): Service =>
  serviceSchema.parse({
    id,
    name: id === 'chatgpt' ? 'ChatGPT' : id,
    summary: 'A made-up service.',
    category: 'chat',
    vendor: { name: id === 'chatgpt' ? 'OpenAI' : `Vendor of ${id}`, country: 'US' },
    checked: '2026-01-01',
    sources: [{ name: 'made up', read: '2026-01-01' }],
    hosts: [`${id}.example`],
    examples: { hit: [`${id}.example`], miss: ['example'] },
    ...over,
  });

export const services = (...list: readonly Service[]): ReadonlyMap<string, Service> =>
  new Map(list.map((item) => [item.id, item]));

const text = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 30 }),
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    fc.constantFrom(
      '=1+1',
      '+1',
      '-1',
      '@x',
      "'=x",
      "''-x",
      "'plain",
      '"quoted"',
      'a;b',
      'a\\;b',
      '\\',
      'a,b',
      'line one\nline two',
      'a\r\nb',
      'a\rb',
      'a\u2028b',
      'a\u0000\u001bb',
      'null',
      '~',
      'true',
      '1.10',
      '2026-01-01',
      '- item',
      'a: b',
      '# no comment',
      '{}',
      '[x]',
      '&a',
      '*a',
      '!!int 3',
      '| x',
      '> x',
      '|',
    ),
  )
  .map((value) => value.trim())
  .filter((value) => value !== '');
const list = fc.array(text, { maxLength: 4 });
const day = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const slug = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,5})?$/);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const texts = [
  'description',
  'purpose',
  'business_owner',
  'technical_owner',
  'user_population',
  'requester',
  'vendor',
  'model',
  'provider',
  'hosting_location',
  'access_model',
  'retention',
  'training_use',
  'human_review',
  'logging_policy',
  'guardrails',
  'jailbreak_resistance',
  'fallback',
] as const;
const lists = [
  'services',
  'workspaces',
  'allowed_groups',
  'allowed_data_classes',
  'approvers',
  'integration_points',
  'tools',
  'systems_reached',
  'data_categories',
  'prompt_templates',
  'conditions',
] as const;

/** Any entry that a register can hold, with the texts that formats like to change. */
export const anyEntry: fc.Arbitrary<InventoryEntry> = fc
  .record({
    fixed: fc.record({
      id: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,12}$/),
      name: text,
      allowed_account: fc.constantFrom(...allowedAccounts),
      status: fc.constantFrom(...entryStatuses),
      sensitive_sources: fc.dictionary(slug, fc.constantFrom(...protections), { maxKeys: 3, noNullPrototype: true }),
    }),
    texts: fc.record(
      Object.fromEntries(texts.map((name) => [name, maybe(text)])) as Record<
        (typeof texts)[number],
        fc.Arbitrary<string | undefined>
      >,
    ),
    lists: fc.record(
      Object.fromEntries(lists.map((name) => [name, list])) as Record<(typeof lists)[number], fc.Arbitrary<string[]>>,
    ),
    choices: fc.record({
      kind: maybe(fc.constantFrom(...entryKinds)),
      environment: maybe(fc.constantFrom(...environments)),
      risk_tier: maybe(fc.constantFrom(1 as const, 2 as const, 3 as const)),
      approval_date: maybe(day),
      decided_by: maybe(fc.array(text, { minLength: 1, maxLength: 3 })),
      review_date: maybe(day),
      decommission: maybe(
        fc.oneof(
          fc.record({ status: fc.constantFrom(...decommissionStatuses) }),
          fc.record({ date: day }),
          fc.record({ status: fc.constantFrom(...decommissionStatuses), date: day }),
        ),
      ),
      exception: maybe(
        fc.oneof(
          fc.record({ until: day, controls: list }),
          fc.record({ until: day, controls: list, renewals: fc.nat(9) }),
        ),
      ),
    }),
  })
  .map((parts) => {
    const services = [...new Set(parts.lists.services)];
    return { ...parts.fixed, ...parts.texts, ...parts.choices, ...parts.lists, services };
  });

/** Any row of three services, few days, groups and people, so that entries and rows meet often. */
export const anyRow: fc.Arbitrary<Usage> = fc
  .record({
    day: fc.constantFrom('', '2026-03-09', '2026-03-10', '2026-03-11'),
    service: fc.constantFrom('chatgpt', 'claude', 'otter'),
    actor: fc.oneof(
      fc.record({
        kind: fc.constant('person' as const),
        id: fc.constantFrom('p1', 'p2', 'p3'),
        group: fc.constantFrom('', 'Sales', 'Legal'),
      }),
      fc.record({
        kind: fc.constantFrom('user' as const, 'device' as const),
        id: fc.constantFrom('x1', 'x2'),
        group: fc.constant(''),
      }),
    ),
    accountKind: fc.constantFrom<AccountKind>('enterprise', 'personal', 'unknown'),
    workspace: fc.constantFrom(undefined, 'acme', 'other'),
    strength: fc.constantFrom('contact' as const, 'visit' as const, 'transfer' as const),
    events: fc.nat(3),
    attempts: fc.nat(3),
    bytesOut: fc.nat(1000),
  })
  .map((parts) => row(parts));

/** Any entry about those services, with the fields that decide. */
export const anyDecidingEntry = (id: string): fc.Arbitrary<InventoryEntry> =>
  fc
    .record({
      services: fc.subarray(['chatgpt', 'claude', 'otter'], { minLength: 1 }),
      workspaces: fc.subarray(['acme', 'other'], { maxLength: 1 }),
      allowed_groups: fc.subarray(['Sales', 'Legal'], { maxLength: 1 }),
      allowed_account: fc.constantFrom(...allowedAccounts),
      status: fc.constantFrom(...entryStatuses),
      review_date: maybe(fc.constantFrom('2026-03-09', '2026-03-10')),
      exception: maybe(
        fc.constantFrom({ until: '2026-03-09', controls: [] }, { until: '2026-03-20', controls: ['logging'] }),
      ),
      decommission: maybe(fc.constantFrom({ date: '2026-03-09' }, { status: 'done' })),
    })
    .map((parts) => entry({ ...parts, id }));
