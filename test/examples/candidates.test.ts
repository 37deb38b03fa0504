import { chmodSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/reports/schema.js';
import { halflight, readText, root, shell, temporaryFolder } from '../helpers/cli.js';

const folder = temporaryFolder();
// A server started by root runs as another user, who must be able to reach its folder.
chmodSync(folder, 0o711);
cpSync(join(root, 'examples/acme'), join(folder, 'examples/acme'), { recursive: true });

/** The commands of the page, in its order. */
const commands = [...readFileSync(join(root, 'docs/candidates.md'), 'utf8').matchAll(/```\n([\s\S]*?)```/g)].flatMap(
  ([, block = '']) => block.split('\n').filter((line) => line !== ''),
);
const run = (args: string[]) => halflight([...args, '--data', 'acme-data'], { cwd: folder });

describe('docs/candidates.md, on the example company', () => {
  it('leads from a log line to a signature', async () => {
    expect(commands).toHaveLength(9);
    const said: string[] = [];
    for (const command of commands) {
      const { code, stdout, stderr } = await shell(command, { cwd: folder });
      expect(code, `${command}\n${stderr}`).toBe(0);
      said.push(stdout);
    }
    const [, list = '', show = '', signature = '', check = ''] = said;
    expect(list).toMatch(/^[0-9a-f]{10} +50 +6 +2 2026-11-05 host +quillmonk-notes\.ai$/m);
    for (const line of `${list}${show}`.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(show).toContain('+50 the name is in the .ai zone');
    expect(show).toContain('6 events by 2 actors');
    expect(show).toMatch(/^ {2}person-[a-z0-9]{8}: 3 events$/m);
    expect(signature).toContain('our-signatures/quillmonk-notes-ai.yaml is written');
    expect(signature).toMatch(/no candidate any more\. Back again: halflight candidate restore [0-9a-f]{10}$/m);
    expect(check).toContain('all checks hold');

    const report = JSON.parse(readText(folder, 'report/report.json')) as Report;
    const finding = report.findings.find(({ service }) => service === 'quillmonk-notes-ai');
    expect(finding).toMatchObject({ name: 'Quillmonk Notes', verdict: 'unregistered', events: 6, people: 2 });
    const subjects = report.candidates.map(({ subject }) => subject);
    expect(subjects).toContain('Contract Copilot');
    for (const decided of ['quillmonk-notes.ai', 'Invoice GPT', 'team-copilot.example'])
      expect(subjects).not.toContain(decided);
    expect(report.findings.find(({ service }) => service === 'chatgpt')).toBeDefined();
  }, 240_000);

  it('remembers what was decided', async () => {
    const list = JSON.parse((await run(['candidate', 'list', '--json'])).stdout) as { subject: string }[];
    const subjects = list.map(({ subject }) => subject);
    expect(subjects).toContain('Contract Copilot');
    for (const decided of ['team-copilot.example', 'Invoice GPT', 'quillmonk-notes.ai'])
      expect(subjects).not.toContain(decided);
    const all = await run(['candidate', 'list', '--all']);
    expect(all.stdout).toMatch(/ dismissed +team-copilot/);
    expect(all.stdout).toMatch(/ attached +Invoice GPT$/m);
    expect(all.stdout).toMatch(/ attached +quillmonk-notes/);
    for (const line of all.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    // A file of somebody else's decisions changes nothing that was decided here.
    const again = await run(['candidate', 'import', 'not-ai.yaml']);
    expect(again.stdout).toBe('0 of 1 are new here.\n');
    expect((await run(['candidate', 'restore', 'team-copilot.example'])).code).toBe(0);
    expect((await run(['candidate', 'import', 'not-ai.yaml'])).stdout).toBe('1 of 1 are new here.\n');
    const { stdout } = await run(['candidate', 'show', 'team-copilot.example', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{10}$/),
      decisions: [{ action: 'dismissed', why: 'a course on flying' }],
    });
  }, 120_000);

  it('shows again what was attached, when that is taken back', async () => {
    const back = await run(['candidate', 'restore', 'Invoice GPT']);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('(chatgpt) is still there') });
    expect((await run(['candidate', 'list'])).stdout).toMatch(/ Invoice GPT$/m);
    const again = await run(['candidate', 'restore', 'Invoice GPT']);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was decided') });
    // A draft on standard output decides nothing.
    const draft = await run(['candidate', 'signature', 'Contract Copilot']);
    expect(draft.stdout).toMatch(/^id: contract-copilot$/m);
    expect((await run(['candidate', 'list'])).stdout).toMatch(/ Contract Copilot$/m);
  }, 120_000);

  it('asks those who use it, and nobody else', async () => {
    const { who } = JSON.parse((await run(['candidate', 'show', 'quillmonk-notes.ai', '--json'])).stdout) as {
      who: { actor: string }[];
    };
    const wrong = await run(['candidate', 'ask', 'quillmonk-notes.ai', '--who', 'somebody']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(who[0]?.actor);
    expect((await run(['candidate', 'ask', 'quillmonk-notes.ai', '--who', who[1]?.actor ?? ''])).code).toBe(0);
    const show = await run(['candidate', 'show', 'quillmonk-notes.ai']);
    expect(show.stdout).toContain(`asked ${who[1]?.actor}`);
  }, 120_000);

  it('says what to do where there is nothing', async () => {
    const unknown = await run(['candidate', 'show', 'nothing.example']);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('candidate list --all') });
    const service = await run(['candidate', 'attach', 'quillmonk-notes.ai', '--service', 'chatgbt']);
    expect(service).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean chatgpt?') });
    const empty = await halflight(['candidate', 'list', '--data', 'nowhere'], { cwd: folder });
    expect(empty).toMatchObject({ code: 3, stderr: expect.stringContaining('holds no results') });
    const twice = await run(['candidate', 'signature', 'quillmonk-notes.ai', '--signatures', 'our-signatures']);
    expect(twice).toMatchObject({ code: 3, stderr: expect.stringContaining('quillmonk-notes-ai already') });
  }, 120_000);
});
