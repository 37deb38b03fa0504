import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { columnNames, fieldNames } from '../../src/inventory/fields.js';
import { readInventory } from '../../src/inventory/read.js';
import { inventorySchema } from '../../src/inventory/schema.js';

const known = new Set(['chatgpt', 'claude', 'azure-openai']);
const yaml = (text: string) => readInventory(text, { file: 'inventory.yaml', services: known });
const csv = (text: string) => readInventory(text, { file: 'inventory.csv', services: known });
const brief = (file: ReturnType<typeof readInventory>) =>
  file.problems.map(({ severity, line, field, value }) => [severity, line, field, value]);

describe('YAML', () => {
  it('reads a list, the same under entries:, and nothing at all', () => {
    const list = '- id: a\n  name: A\n  status: approved\n  services: [chatgpt]\n  allowed_account: any\n';
    const nested = `entries:\n${list.replace(/^/gm, '  ').trimEnd()}\n`;
    expect(yaml(list).problems).toEqual([]);
    expect(yaml(nested)).toEqual({ ...yaml(list), problems: [] });
    for (const empty of ['', '# nothing yet\n', '[]', 'entries:\n', 'entries: []'])
      expect(yaml(empty)).toEqual({ entries: [], problems: [] });
  });

  it('understands friendly forms and keeps values as written', () => {
    const { entries, problems } = yaml(`
- Id: a
  name: 4.10
  kind: SaaS copilot
  status: In Review
  environment: PROD
  allowed account: Corporate
  risk-tier: Tier 2
  approver: Jo
  services: ChatGPT
  sensitive_sources: { Customer data: Masked, code_repositories: tokenized }
  exception: { until: 2026-05-01, controls: weekly review, renewals: 1 }
  decommission: { status: Planned, date: 2026-12-31 }
  model: ~
  retention:
  fallback: "null"
`);
    expect(problems).toEqual([]);
    expect(entries[0]).toMatchObject({
      id: 'a',
      name: '4.10',
      kind: 'saas-copilot',
      status: 'in-review',
      environment: 'production',
      allowed_account: 'enterprise',
      risk_tier: 2,
      approvers: ['Jo'],
      services: ['chatgpt'],
      sensitive_sources: { 'customer-data': 'masked', 'code-repositories': 'tokenised' },
      exception: { until: '2026-05-01', controls: ['weekly review'], renewals: 1 },
      decommission: { status: 'planned', date: '2026-12-31' },
      fallback: 'null',
    });
    expect(entries[0]).not.toHaveProperty('model');
    expect(entries[0]).not.toHaveProperty('retention');
  });

  it('a wrong entry costs itself; each mistake has its line, field, value and what is accepted', () => {
    const file = yaml(`- id: good
  name: Good
  status: denied
  services: [chatgpt]
- id: bad
  name: Bad
  status: maybe
  services: [chatgpt]
  risk_tier: 4
  review_date: 2026-02-30
  sensitive_sources:
    customer-data: hidden
  exception:
    controls: [x]
    renewals: many
- id: typo
  name: Typo
  statsu: approved
  vender: X
- just text
- id: deep
  name: [[x]]
  status: draft
- id: last
  name: Last
  status: denied
  services: [claude]
`);
    expect(file.entries.map((entry) => entry.id)).toEqual(['good', 'last']);
    expect(brief(file)).toEqual([
      ['error', 7, 'status', 'maybe'],
      ['error', 9, 'risk_tier', '4'],
      ['error', 10, 'review_date', '2026-02-30'],
      ['error', 11, 'sensitive_sources', 'hidden'],
      ['error', 14, 'exception_until', ''],
      ['error', 15, 'exception_renewals', 'many'],
      ['error', 18, 'statsu', 'approved'],
      ['error', 19, 'vender', 'X'],
      ['error', 20, '', 'just text'],
      ['error', 22, 'name', ''],
    ]);
    const say = (field: string) => file.problems.find((problem) => problem.field === field)?.message;
    expect(say('status')).toBe(
      '"maybe" is not accepted; accepted is one of draft, requested, in-review, approved, conditional, denied, retired',
    );
    expect(say('statsu')).toBe('unknown field "statsu"; did you mean status?');
    expect(say('vender')).toBe('unknown field "vender"; did you mean vendor?');
    expect(say('review_date')).toContain('a date as YYYY-MM-DD');
    expect(say('exception_until')).toContain('is missing');
    expect(say('exception_renewals')).toBe('"many" is not accepted; accepted is a whole number from 0 to 1000');
    expect(say('sensitive_sources')).toContain('one of masked, tokenised, excluded, none');
  });

  it('says which entry a break of the YAML itself belongs to, and keeps the others', () => {
    const file = yaml('- id: a\n  name: A\n  status: denied\n  services: [chatgpt]\n- id: b\n  name: "open\n');
    expect(file.entries.map((entry) => entry.id)).toEqual(['a']);
    expect(file.problems[0]).toMatchObject({ severity: 'error', file: 'inventory.yaml' });
    expect(file.problems[0]?.line).toBeGreaterThanOrEqual(6);
  });

  it('reports ids that occur twice, fields that are given twice, and a file of another shape', () => {
    const twice = yaml(
      '- {id: a, name: A, status: denied, services: chatgpt}\n- {id: A, name: B, status: denied, services: claude}\n',
    );
    expect(twice.entries.map((entry) => entry.name)).toEqual(['A']);
    expect(twice.problems[0]?.message).toContain('line 1');
    expect(yaml('- {id: a, id: b, name: A, status: denied}\n').problems[0]?.message).toContain('given twice');
    expect(yaml('just text').problems).toHaveLength(1);
    expect(yaml('systems:\n- id: a\n').problems.length).toBeGreaterThan(0);
  });

  it('survives hostile files', () => {
    const bomb = `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nentries: [*c]\n`;
    expect(yaml(bomb).entries).toEqual([]);
    expect(yaml('['.repeat(100_000)).entries).toEqual([]);
    expect(yaml('- {id: a, name: A, status: denied, __proto__: x, constructor: y}').problems).toHaveLength(2);
    expect(yaml('- {id: a, name: A, status: constructor}').problems[0]?.field).toBe('status');
    expect(yaml('- &x {id: a, name: A, status: denied, services: *x}').entries).toEqual([]);
  });
});

describe('CSV', () => {
  it('reads every field, lists by ;, and protections by =', () => {
    const { entries, problems } = csv(
      'ID,Name,Status,services,allowed_account,sensitive_sources,exception_until,exception_controls,decommission_status,approver\n' +
        'a,A,approved,chatgpt; claude,enterprise,customer-data=masked;code-repositories=excluded,2026-05-01,one;two,planned,Jo\n',
    );
    expect(problems).toEqual([]);
    expect(entries).toMatchObject([
      {
        id: 'a',
        services: ['chatgpt', 'claude'],
        sensitive_sources: { 'customer-data': 'masked', 'code-repositories': 'excluded' },
        exception: { until: '2026-05-01', controls: ['one', 'two'] },
        decommission: { status: 'planned' },
        approvers: ['Jo'],
      },
    ]);
  });

  it('reads semicolons between cells, a byte order mark and cells that a spreadsheet was kept from running', () => {
    const { entries, problems } = csv('\ufeffid;name;status;services\r\na;\'=SUM(A1);denied;"chatgpt;claude"\r\n');
    expect(problems).toEqual([]);
    expect(entries).toMatchObject([{ name: '=SUM(A1)', services: ['chatgpt', 'claude'] }]);
  });

  it('a wrong row costs itself; an unknown column is one error and the rows stand', () => {
    const file = csv(
      'id,name,status,services,riks_tier\na,A,denied,chatgpt,1\nb,B,perhaps,chatgpt,\nc,C,denied,chatgpt,,extra\n',
    );
    expect(file.entries.map((entry) => entry.id)).toEqual(['a']);
    expect(brief(file)).toEqual([
      ['error', 1, 'riks_tier', 'riks_tier'],
      ['error', 3, 'status', 'perhaps'],
      ['error', 4, '', 'extra'],
    ]);
    expect(file.problems[0]?.message).toContain('did you mean risk_tier?');
  });
});

describe('warnings leave the entry standing', () => {
  it.each([
    [
      'an unknown service, with the nearest id',
      '- {id: a, name: A, status: denied, services: [chat-gpt]}',
      'services',
      'did you mean chatgpt?',
    ],
    ['no service', '- {id: a, name: A, status: denied}', 'services', 'no catalog service'],
    [
      'an approval that does not say for which accounts',
      '- {id: a, name: A, status: approved, services: chatgpt}',
      'allowed_account',
      'personal',
    ],
    [
      'conditions on a plain approval',
      '- {id: a, name: A, status: approved, services: chatgpt, allowed_account: any, conditions: x}',
      'conditions',
      'conditional',
    ],
    [
      'an exception on a denial',
      '- {id: a, name: A, status: denied, services: chatgpt, exception: {until: 2026-01-01}}',
      'exception_until',
      'denied',
    ],
  ])('%s', (_, text, field, words) => {
    const { entries, problems } = yaml(text);
    expect(entries).toHaveLength(1);
    expect(problems).toMatchObject([{ severity: 'warning', field }]);
    expect(problems[0]?.message).toContain(words);
  });
});

it('editors get a JSON Schema with every field', () => {
  const schema = z.toJSONSchema(inventorySchema, { io: 'input' }) as {
    anyOf: { items?: { properties: object; required: string[] } }[];
  };
  const items = schema.anyOf[0]?.items;
  expect(Object.keys(items?.properties ?? {})).toEqual(fieldNames);
  expect(items?.required).toEqual(['id', 'name', 'status']);
  expect(columnNames).toHaveLength(fieldNames.length + 3);
});
