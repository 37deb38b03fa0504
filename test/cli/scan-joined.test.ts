import { expect, it } from 'vitest';
import { scanReport, squidLine, temporaryFolder } from '../helpers/cli.js';

const names = ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gus'];
const people = `id,email,name,group,aliases\n${names.map((name, n) => `e${n},${name}@acme.example,${name},Sales,${name}`).join('\n')}\n`;
const inventory = `entries:
  - id: chatgpt
    name: ChatGPT Enterprise
    services: [chatgpt]
    status: approved
    allowed_account: enterprise
    approval_date: 2025-12-01
    review_date: 2027-01-10
    approvers: [boss]
`;
const day = (n: number): string => new Date(Date.UTC(2026, 0, 5 + n, 9)).toISOString();
/** Ann to Dan sign in every two weeks; everybody uses it in the seventh and eighth week; Gus paid for it himself. */
const signIns = [0, 14, 28, 42, 56].flatMap((n) =>
  names
    .slice(0, 4)
    .map(
      (name) => `${day(n)},${name}@acme.example,${name},ChatGPT,a1,192.0.2.10,Browser,"{""errorCode"":0}",,${name}${n}`,
    ),
);
const log = [46, 48, 50, 52].flatMap((n) => names.map((user) => squidLine({ user, at: day(n) }))).join('');
const expenses = `Date,Merchant,Amount,Currency,Employee Name,Employee Email
2026-02-10,OPENAI *CHATGPT SUBSCR,20.00,EUR,gus,gus@acme.example
`;

it('people who use an enterprise service without signing in to it are told from those who do, by joining three logs', async () => {
  const folder = temporaryFolder({
    'people.csv': people,
    'inventory.yaml': inventory,
    'logs/access.log': log,
    'logs/signins.csv': `CreatedDateTime,UserPrincipalName,UserDisplayName,AppDisplayName,AppId,IpAddress,ClientAppUsed,Status,DeviceDetail,Id\n${signIns.join('\n')}\n`,
    'logs/expenses.csv': expenses,
  });
  const args = ['logs', '--people', 'people.csv', '--inventory', 'inventory.yaml'];
  const { report } = await scanReport(args, { cwd: folder });
  const of = (id: string) => report.findings.find((finding) => finding.id === id);
  expect(of('chatgpt/enterprise')).toMatchObject({ verdict: 'sanctioned', people: 4 });
  expect(of('chatgpt/personal')).toMatchObject({ verdict: 'wrong-account', people: 1 });
  const joined = of('chatgpt/unknown');
  expect(joined).toMatchObject({ verdict: 'wrong-account', people: 7, events: 28 });
  expect(joined?.reason).toContain('use without a sign-in suggests personal ones: 3 people with 12 events on 4 days.');
  expect(joined?.signals[0]?.why).toMatch(
    /^7 people used ChatGPT on days for which sign-ins are known \(2026-01-05 to 2026-03-09\), 4 of them with a sign-in through entra-signin-csv at most 30 days away; 3 had none, 1 of them paid privately\./,
  );
  expect(joined?.signals[0]?.numbers).toMatchObject({ high: 1, medium: 2, low: 0 });
  // Without the sign-ins nobody can tell, and nothing is claimed.
  const blind = await scanReport(['logs/access.log', ...args.slice(1)], { cwd: folder });
  expect(blind.report.findings[0]).toMatchObject({ id: 'chatgpt/unknown', verdict: 'sanctioned', signals: [] });
  expect(blind.report.findings[0]?.reason).toContain('which proves no other account than the allowed one');
});
