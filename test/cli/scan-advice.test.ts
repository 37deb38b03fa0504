import { expect, it } from 'vitest';
import { scanReport, squidLine, temporaryFolder } from '../helpers/cli.js';

const inventory = `- {id: gpt, name: ChatGPT, services: [chatgpt], allowed_account: enterprise, allowed_groups: [Sales], status: approved}
- {id: claude, name: Claude, services: [claude], allowed_account: any, status: approved}
`;
const people = 'id,email,name,group,aliases\nann,ann@acme.example,Ann Lee,Sales,user:ann\n';

it('advice names the right account of the same service first, and each approval with its scope', async () => {
  const folder = temporaryFolder({
    'access.log': `${squidLine({ url: 'https://chatgpt.com/backend-anon/conversation' })}${squidLine({ host: 'chat.deepseek.com' })}`,
    'inventory.yaml': inventory,
    'people.csv': people,
  });
  const args = ['access.log', '--inventory', 'inventory.yaml', '--people', 'people.csv'];
  const { report } = await scanReport(args, { cwd: folder });
  expect(report.findings.map(({ id, verdict, alternatives }) => [id, verdict, alternatives])).toEqual(
    expect.arrayContaining([
      ['chatgpt/personal', 'wrong-account', ['ChatGPT (enterprise account for Sales)', 'Claude']],
      ['deepseek/unknown', 'unregistered', ['ChatGPT (enterprise account for Sales)', 'Claude']],
    ]),
  );
});

it('the first sentence claims no use where only look-ups were seen, and groups tell attempts from use', async () => {
  const lookUp = (minute: number, host: string, decision: string): string =>
    `${JSON.stringify({ Datetime: `2026-03-02T10:0${minute}:00Z`, DeviceName: '', Email: 'ann@acme.example', Location: 'x', QueryID: `q${minute}`, QueryName: host, QueryType: 1, QueryTypeName: 'A', RCode: 0, ResolverDecision: decision, SrcIP: '10.0.0.1' })}\n`;
  const folder = temporaryFolder({
    'access.log': squidLine(),
    'dns.ndjson': `${lookUp(1, 'suno.com', 'allowedOnNoPolicyMatch')}${lookUp(2, 'suno.com', 'blockedRule')}`,
    'people.csv': people,
  });
  const { report } = await scanReport(['access.log', 'dns.ndjson', '--people', 'people.csv'], { cwd: folder });
  expect(report.answer).toContain('1 person used 2 AI services (1 of them only looked up in DNS);');
  const suno = report.findings.find((finding) => finding.service === 'suno');
  expect(suno?.groups).toEqual([{ group: 'other', people: 1, events: 1, attempts: 1 }]);
});
