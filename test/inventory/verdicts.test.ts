import { describe, expect, it } from 'vitest';
import type { InventoryEntry, Verdict } from '../../src/core/register.js';
import type { Usage } from '../../src/core/usage.js';
import { decide, type Rule } from '../../src/inventory/decide.js';
import { entry, row } from './helpers.js';

type Case = [
  title: string,
  entries: InventoryEntry[],
  use: Partial<Usage>,
  verdict: Verdict,
  rule: Rule,
  entry?: string,
];

const judge = (entries: InventoryEntry[], use: Partial<Usage>) => {
  const { accountKind, actor, workspace, day } = row(use);
  const decision = decide(entries, { accountKind, group: actor.group, workspace, day });
  return [decision.verdict, decision.rule, decision.entry?.id];
};
const check = (title: string, cases: readonly Case[]) =>
  describe(title, () => {
    it.each(cases)('%s', (_, entries, use, verdict, rule, id = entries[0]?.id) => {
      expect(judge(entries, use)).toEqual([verdict, rule, verdict === 'unregistered' ? undefined : id]);
      expect(judge([...entries].reverse(), use)).toEqual(judge(entries, use));
    });
  });

const of = (group: string) => ({ actor: { kind: 'person', id: 'p', group } as const });
const personal = { accountKind: 'personal' } as const;
const unknown = { accountKind: 'unknown' } as const;
const enterpriseOnly = entry({ id: 'ent', allowed_account: 'enterprise' });
const personalOnly = entry({ id: 'pers', allowed_account: 'personal' });
const forSales = entry({ id: 'sales', allowed_groups: ['Sales'] });
const forLegal = entry({ id: 'legal', allowed_groups: ['Legal'] });
const inAcme = entry({ id: 'acme', workspaces: ['acme-ws'] });
const denied = (over: Partial<InventoryEntry> = {}) => entry({ id: 'no', status: 'denied', ...over });
const pending = (over: Partial<InventoryEntry> = {}) => entry({ id: 'req', status: 'requested', ...over });
const general = entry({ id: 'all' });

check('each status has its verdict', [
  ['nothing names it: unregistered', [], {}, 'unregistered', 'unregistered'],
  ['approved: sanctioned', [entry()], {}, 'sanctioned', 'approval'],
  ['approved with conditions: conditional', [entry({ status: 'conditional' })], {}, 'conditional', 'conditions'],
  ['denied', [entry({ status: 'denied' })], {}, 'denied', 'denied'],
  ['retired', [entry({ status: 'retired' })], {}, 'retired', 'retired'],
  ['a draft is in review', [entry({ status: 'draft' })], {}, 'in-review', 'pending'],
  ['a request is in review', [entry({ status: 'requested' })], {}, 'in-review', 'pending'],
  ['a review is in review', [entry({ status: 'in-review' })], {}, 'in-review', 'pending'],
]);

check('days: the last day still counts, the next one does not', [
  ['on the review date', [entry({ review_date: '2026-03-10' })], {}, 'sanctioned', 'approval'],
  ['the day after the review date', [entry({ review_date: '2026-03-09' })], {}, 'lapsed', 'review-overdue'],
  [
    'conditional after the review date',
    [entry({ status: 'conditional', review_date: '2026-03-09' })],
    {},
    'lapsed',
    'review-overdue',
  ],
  ['a denial does not lapse', [entry({ status: 'denied', review_date: '2026-03-09' })], {}, 'denied', 'denied'],
  ['a request does not lapse', [entry({ status: 'draft', review_date: '2026-03-09' })], {}, 'in-review', 'pending'],
  [
    'on the last day of an exception',
    [entry({ exception: { until: '2026-03-10', controls: [] } })],
    {},
    'excepted',
    'exception',
  ],
  [
    'the day after an exception',
    [entry({ exception: { until: '2026-03-09', controls: [] } })],
    {},
    'lapsed',
    'exception-ended',
  ],
  [
    'an exception while a request is open',
    [entry({ status: 'in-review', exception: { until: '2026-03-10', controls: [] } })],
    {},
    'excepted',
    'exception',
  ],
  [
    'an ended exception while a request is open',
    [entry({ status: 'in-review', exception: { until: '2026-03-09', controls: [] } })],
    {},
    'lapsed',
    'exception-ended',
  ],
  [
    'a denial goes before its exception',
    [entry({ status: 'denied', exception: { until: '2026-12-31', controls: [] } })],
    {},
    'denied',
    'denied',
  ],
  [
    'an overdue review goes before a running exception',
    [entry({ review_date: '2026-03-01', exception: { until: '2026-12-31', controls: [] } })],
    {},
    'lapsed',
    'review-overdue',
  ],
  ['on the day of decommissioning', [entry({ decommission: { date: '2026-03-10' } })], {}, 'sanctioned', 'approval'],
  ['the day after decommissioning', [entry({ decommission: { date: '2026-03-09' } })], {}, 'retired', 'decommissioned'],
  ['decommissioned without a date', [entry({ decommission: { status: 'done' } })], {}, 'retired', 'decommissioned'],
  ['decommissioning only planned', [entry({ decommission: { status: 'planned' } })], {}, 'sanctioned', 'approval'],
  [
    'retired, and used before its end only',
    [entry({ status: 'retired', decommission: { date: '2026-03-10' } })],
    {},
    'sanctioned',
    'approval',
  ],
  [
    'retired, and used after its end',
    [entry({ status: 'retired', decommission: { date: '2026-03-09' } })],
    {},
    'retired',
    'retired',
  ],
  [
    'decommissioned goes before an overdue review',
    [entry({ decommission: { date: '2026-03-09' }, review_date: '2026-03-01' })],
    {},
    'retired',
    'decommissioned',
  ],
]);

check('accounts', [
  ['enterprise use of an enterprise approval', [enterpriseOnly], {}, 'sanctioned', 'approval'],
  ['personal use of an enterprise approval', [enterpriseOnly], personal, 'wrong-account', 'account'],
  ['unknown use of an enterprise approval proves nothing', [enterpriseOnly], unknown, 'sanctioned', 'approval'],
  ['enterprise use of a personal approval is out of scope', [personalOnly], {}, 'out-of-scope', 'account'],
  ['personal use where any account is allowed', [entry()], personal, 'sanctioned', 'approval'],
  [
    'personal use under an approval for each kind',
    [enterpriseOnly, personalOnly],
    personal,
    'sanctioned',
    'approval',
    'pers',
  ],
  [
    'personal use denied beside an enterprise approval',
    [enterpriseOnly, denied({ allowed_account: 'personal' })],
    personal,
    'denied',
    'denied',
    'no',
  ],
  [
    'unknown use is not the personal one that is denied',
    [enterpriseOnly, denied({ allowed_account: 'personal' })],
    unknown,
    'sanctioned',
    'approval',
  ],
  [
    'enterprise use beside a denial of personal accounts',
    [enterpriseOnly, denied({ allowed_account: 'personal' })],
    {},
    'sanctioned',
    'approval',
  ],
  [
    'personal use of what was denied as an enterprise tool',
    [denied({ allowed_account: 'enterprise' })],
    personal,
    'denied',
    'denied',
  ],
  [
    'an expired enterprise approval and personal use: the account is wrong',
    [entry({ allowed_account: 'enterprise', review_date: '2026-01-01' })],
    personal,
    'wrong-account',
    'account',
  ],
]);

check('groups', [
  ['a person of an allowed group', [forSales], of('Sales'), 'sanctioned', 'approval'],
  ['a group in another case', [forSales], of(' sales'), 'sanctioned', 'approval'],
  ['a person of another group', [forSales], of('Legal'), 'out-of-scope', 'group'],
  ['an actor without a group proves nothing', [forSales], of(''), 'sanctioned', 'approval'],
  [
    'another group, and a personal account: the account comes first',
    [entry({ allowed_groups: ['Legal'], allowed_account: 'enterprise' })],
    personal,
    'wrong-account',
    'account',
  ],
  ['each group has its own approval', [forSales, forLegal], of('Legal'), 'sanctioned', 'approval', 'legal'],
  [
    'a general approval beside one for another group',
    [forSales, general],
    of('Legal'),
    'sanctioned',
    'approval',
    'all',
  ],
  [
    'a denial for one group does not reach another',
    [denied({ allowed_groups: ['Legal'] }), general],
    of('Sales'),
    'sanctioned',
    'approval',
    'all',
  ],
  [
    'a denial for a group does not reach actors without one',
    [denied({ allowed_groups: ['Legal'] }), general],
    of(''),
    'sanctioned',
    'approval',
    'all',
  ],
  [
    'a denial for one group, and nothing for the others',
    [denied({ allowed_groups: ['Legal'] })],
    of('Sales'),
    'denied',
    'denied',
  ],
  [
    'a denial for one group leaves the others to their own approval',
    [denied({ allowed_groups: ['Legal'] }), enterpriseOnly],
    { ...of('Sales'), ...personal },
    'wrong-account',
    'account',
    'ent',
  ],
]);

check('the most specific entry decides: workspace, then group, then account kind', [
  ['a group goes before the general denial', [denied(), forSales], of('Sales'), 'sanctioned', 'approval', 'sales'],
  ['outside the group the general denial holds', [denied(), forSales], of('Legal'), 'denied', 'denied', 'no'],
  [
    'a denial of the group goes before the general approval',
    [general, denied({ allowed_groups: ['Sales'] })],
    of('Sales'),
    'denied',
    'denied',
    'no',
  ],
  ['an account kind goes before the general denial', [denied(), enterpriseOnly], {}, 'sanctioned', 'approval', 'ent'],
  [
    'an unknown account is not specific: the general denial holds',
    [denied(), enterpriseOnly],
    unknown,
    'denied',
    'denied',
    'no',
  ],
  [
    'a group goes before an account kind',
    [denied({ allowed_groups: ['Sales'] }), enterpriseOnly],
    of('Sales'),
    'denied',
    'denied',
    'no',
  ],
  [
    'a workspace goes before group and account kind',
    [inAcme, denied({ allowed_groups: ['Sales'], allowed_account: 'enterprise' })],
    { ...of('Sales'), workspace: 'ACME-ws' },
    'sanctioned',
    'approval',
    'acme',
  ],
  ['another workspace is out of scope', [inAcme], { workspace: 'other' }, 'out-of-scope', 'workspace'],
  ['an unknown workspace proves nothing', [inAcme], {}, 'sanctioned', 'approval'],
  [
    'a denied workspace does not reach others',
    [denied({ workspaces: ['acme-ws'] }), general],
    { workspace: 'other' },
    'sanctioned',
    'approval',
    'all',
  ],
  [
    'group and account kind go before the group alone',
    [
      denied({ allowed_groups: ['Sales'] }),
      entry({ id: 'both', allowed_groups: ['Sales'], allowed_account: 'enterprise' }),
    ],
    of('Sales'),
    'sanctioned',
    'approval',
    'both',
  ],
]);

check('among equals the order of the table decides', [
  ['denied before approved', [general, denied()], {}, 'denied', 'denied', 'no'],
  ['denied before retired', [entry({ id: 'old', status: 'retired' }), denied()], {}, 'denied', 'denied', 'no'],
  [
    'retired before lapsed',
    [entry({ id: 'late', review_date: '2026-01-01' }), entry({ id: 'old', status: 'retired' })],
    {},
    'retired',
    'retired',
    'old',
  ],
  [
    'lapsed before in review',
    [pending(), entry({ id: 'late', review_date: '2026-01-01' })],
    {},
    'lapsed',
    'review-overdue',
    'late',
  ],
  [
    'in review before excepted',
    [entry({ id: 'exc', exception: { until: '2026-12-31', controls: [] } }), pending()],
    {},
    'in-review',
    'pending',
    'req',
  ],
  [
    'excepted before conditional',
    [
      entry({ id: 'cond', status: 'conditional' }),
      entry({ id: 'exc', exception: { until: '2026-12-31', controls: [] } }),
    ],
    {},
    'excepted',
    'exception',
    'exc',
  ],
  [
    'conditional before sanctioned',
    [general, entry({ id: 'cond', status: 'conditional' })],
    {},
    'conditional',
    'conditions',
    'cond',
  ],
  ['the same verdict: the first id', [entry({ id: 'b' }), entry({ id: 'a' })], {}, 'sanctioned', 'approval', 'a'],
]);

check('a request does not take back what an approval rules out', [
  [
    'personal use stays a wrong account while a request is open',
    [enterpriseOnly, pending()],
    personal,
    'wrong-account',
    'account',
    'ent',
  ],
  [
    'another group stays out of scope while a general request is open',
    [forSales, pending()],
    of('Legal'),
    'out-of-scope',
    'group',
    'sales',
  ],
  [
    'a request for just that group is in review',
    [forSales, pending({ allowed_groups: ['Legal'] })],
    of('Legal'),
    'in-review',
    'pending',
    'req',
  ],
  [
    'a request for just that account kind is in review',
    [enterpriseOnly, pending({ allowed_account: 'personal' })],
    personal,
    'in-review',
    'pending',
    'req',
  ],
  [
    'a request for another group still registers the service',
    [pending({ allowed_groups: ['Sales'] })],
    of('Legal'),
    'in-review',
    'pending',
  ],
]);
