import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/reports/schema.js';
import { openStore } from '../../src/store/db.js';
import { halflight, readText, root, scanReport, squidLine, squidLog, temporaryFolder } from '../helpers/cli.js';

const folder = temporaryFolder({
  'logs/access.log': `${squidLog(20)}garbage\n${squidLine({ host: 'quiet.example', url: 'http://quiet.example/v1/chat/completions' })}`,
});
// A server started by root runs as another user, who must be able to reach its folder.
chmodSync(folder, 0o711);
const scan = async (...args: string[]): Promise<Report> => {
  const { code, report } = await scanReport([...args, '--data', 'data'], { cwd: folder });
  expect(code).toBe(0);
  return report;
};
/** What a report says beside where its inputs lay. */
const answer = ({ coverage: _coverage, candidates, ...report }: Report) => ({
  ...report,
  candidates: candidates.map(({ subject, events }) => [subject, events]),
});

describe('halflight scan --data', () => {
  it('keeps results: the same files change nothing, others add, days are chosen from all', async () => {
    const first = await scan('logs');
    expect(first.totals).toMatchObject({ inputs: 1, records: 22, rejected: 1, events: 20 });
    expect(first.candidates).toHaveLength(1);
    const { report: without } = await scanReport(['logs'], { cwd: folder });
    expect({ ...without.totals }).toEqual(first.totals);

    expect(await scan('logs')).toEqual(first);

    // Renamed, and compressed: the same chunk.
    writeFileSync(join(folder, 'copy.log.gz'), gzipSync(readText(folder, 'logs/access.log')));
    renameSync(join(folder, 'logs/access.log'), join(folder, 'logs/renamed.log'));
    expect(answer(await scan('logs', 'copy.log.gz'))).toEqual(answer(first));

    // Only the new file is named, and the report is about both.
    writeFileSync(join(folder, 'next.log'), squidLog(5, '2026-03-05T10:00:00Z'));
    const both = await scan('next.log');
    expect(both.totals).toMatchObject({ inputs: 2, records: 27, events: 25 });
    expect(both.period).toEqual({ from: '2026-03-02', to: '2026-03-05' });

    const late = await scan('next.log', '--since', '2026-03-03');
    expect(late).toMatchObject({ totals: { events: 5 }, period: { from: '2026-03-03', to: '2026-03-05' } });
    const early = await scan('next.log', '--until', '2026-03-05');
    expect(early.totals.events).toBe(20);
    expect(answer(await scan('next.log'))).toEqual(answer(both));

    // The data folder inside the scanned folder is no log.
    const inside = await scan('.');
    expect(inside.totals).toEqual(both.totals);
    expect(inside.coverage.not_read).toEqual([]);

    // The server ends with its scan.
    expect(readdirSync(join(folder, 'data/postgres'))).not.toContain('postmaster.pid');
  });

  it('keeps the findings and registers of its report beside the results, for reports and evidence of later', async () => {
    const own = temporaryFolder({
      'a.log': squidLog(20),
      'inventory.yaml':
        'entries:\n  - id: chat\n    name: ChatGPT\n    kind: saas-copilot\n    services: [chatgpt]\n    business_owner: e1\n    approvers: [e1]\n    risk_tier: 3\n    status: denied\n    approval_date: 2026-01-05\n',
      'people.csv': 'id,email,name,group,manager,aliases\ne1,ann@acme.example,Ann,Sales,,ann\n',
    });
    chmodSync(own, 0o711);
    const args = ['a.log', '--data', 'data', '--inventory', 'inventory.yaml', '--people', 'people.csv'];
    const { report } = await scanReport(args, { cwd: own });
    await scanReport(args, { cwd: own });
    const store = await openStore({ dataDir: join(own, 'data') });
    try {
      const { rows } = await sql<{ id: string; verdict: string; people: number; events: number }>`
        select id, verdict, (body->>'people')::int as people, (body->>'events')::int as events from finding order by id`.execute(
        store.db,
      );
      const told = report.findings.map(({ service, account_kind, verdict, people, events }) => ({
        id: `${service}/${account_kind}`,
        verdict,
        people,
        events,
      }));
      expect(rows).toEqual(told.sort((a, b) => (a.id < b.id ? -1 : 1)));
      expect(rows).toMatchObject([{ verdict: 'denied', people: 1, events: 20 }]);
      const { rows: history } = await sql<{ kind: string }>`select kind from finding_history`.execute(store.db);
      expect(history.filter(({ kind }) => kind === 'opened')).toHaveLength(report.totals.findings_to_act_on);
      const { rows: kinds } = await sql<{ kind: string }>`select kind from register order by kind`.execute(store.db);
      expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['catalog', 'inventory', 'people']));
      const { rows: waiting } = await sql`select from outbox`.execute(store.db);
      expect(waiting).toHaveLength(0);
    } finally {
      await store.close();
    }
    const dry = await halflight(['alert', 'dry-run', '--data', 'data', '--json'], { cwd: own });
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    const { notices, notices_to_nobody: nobody } = JSON.parse(dry.stdout) as Record<string, unknown>;
    expect(notices).toMatchObject([{ kind: 'alert.opened', details: { finding: 'chatgpt/unknown', rule: 'denied' } }]);
    expect(nobody).toBe(1);
  });

  it('is refused while another process has the folder, with its number', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { openStore } = await import(${JSON.stringify(join(root, 'dist/src/store/db.js'))});
         const store = await openStore({ dataDir: 'held' });
         process.stdout.write('ready');
         process.stdin.resume();
         process.stdin.on('end', () => store.close());`,
      ],
      { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    try {
      await new Promise<void>((resolve, reject) => {
        holder.stdout.once('data', () => resolve());
        holder.once('exit', () => reject(new Error('the folder could not be taken')));
      });
      const { code, stdout, stderr } = await halflight(['scan', 'next.log', '--data', 'held'], { cwd: folder });
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(/^Reading next\.log \.\.\.\nhalflight: .*held.*\n$/);
      expect(stderr).toContain(String(holder.pid));
    } finally {
      const ended = new Promise((resolve) => holder.once('exit', resolve));
      holder.stdin.end();
      await ended;
    }
    expect(existsSync(join(folder, 'held/postgres/postmaster.pid'))).toBe(false);
  });
});
