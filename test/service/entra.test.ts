import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../src/core/check.js';
import { halflight } from '../helpers/cli.js';
import { graphId, signIn } from '../helpers/entra-source.js';
import { type FakeGraph, fakeGraph } from '../helpers/fake-graph.js';
import { httpServer, type LocalServer } from '../helpers/http-server.js';
import { signInStore } from '../helpers/sign-in-store.js';
import { Site, until } from '../kill/site.js';

// As an organisation runs it: a configuration, the built program, and a Microsoft Entra ID (a small copy) over the network.
const [hour, day] = [3_600_000, 86_400_000];

describe('an installation that reads Microsoft Entra ID', () => {
  const site = new Site({ kind: 'embedded' });
  const secretFile = join(site.folder, 'secret');
  let graph: FakeGraph;
  let hook: LocalServer;
  const told: Record<string, unknown>[] = [];
  const config = join(site.folder, 'halflight.yaml');
  const run = (...args: string[]) => halflight([...args, '--config', config]);
  const checks = async (...args: string[]): Promise<Check[]> => {
    const answer = JSON.parse((await run(...args, '--json')).stdout) as Check[] | { checks: Check[] };
    return Array.isArray(answer) ? answer : answer.checks;
  };
  const secret = (value: string): void => {
    writeFileSync(secretFile, `${value}\n`);
    chmodSync(secretFile, 0o600);
  };

  beforeAll(async () => {
    graph = await fakeGraph();
    hook = await httpServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        if (body !== '') told.push(JSON.parse(body));
        response.end();
      });
    });
    const now = Date.now();
    graph.app.secrets = new Map([['right~secret', now + 400 * day]]);
    graph.signIns = signInStore([
      signIn(1, now - 5 * hour),
      signIn(2, now - 4 * hour, { userPrincipalName: 'bo@acme.example' }),
      signIn(3, now - 3 * hour, { appId: graphId(99), appDisplayName: 'Payroll' }),
    ]);
    graph.users = [{ id: graphId(1), userPrincipalName: 'ann.berg@acme.example', displayName: 'Ann Berg' }];
    graph.servicePrincipals = [
      { id: graphId(11), appId: graphId(111), displayName: 'Otter.ai' },
      { id: graphId(20), appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph' },
    ];
    graph.grants = [
      {
        id: 'g-1',
        clientId: graphId(11),
        consentType: 'Principal',
        principalId: graphId(1),
        resourceId: graphId(20),
        scope: 'Calendars.Read',
      },
    ];
    secret('right~secret');
    site.configure({
      ports: [graph.port, hook.port],
      sources: [
        {
          id: 'directory',
          kind: 'entra',
          every: '1s',
          options: { ...graph.options, client_secret: { file: secretFile } },
        },
      ],
      channels: [
        {
          id: 'soc',
          kind: 'webhook',
          notices: ['finding.opened', 'source.paused'],
          options: { url: `http://127.0.0.1:${hook.port}/` },
        },
      ],
    });
    await site.prepare();
  });
  afterAll(async () => {
    await site.close();
    await Promise.all([graph.close(), hook.close()]);
  });

  it('"source test" says what works, and "collect --dry-run" what would come', async () => {
    expect((await checks('source', 'test', 'directory')).map(({ outcome }) => outcome)).not.toContain('failed');
    const { stdout, stderr, code } = await run('collect', 'directory', '--dry-run');
    expect(code).toBe(0);
    expect(stderr).toMatch(/sign-ins: \d{4}-\d\d-\d\dT\d\d:\d\d to .*, 3 records read/);
    expect(stdout).toContain('person: 1 listed');
    expect(stdout).toMatch(/3 records, 0 chunks, [\d,]+ bytes, 0 gaps; nothing was kept/);
  });

  it('the service opens findings for an app that was signed in to and for one that was let in, and tells of them', async () => {
    await site.start('serve').ready;
    const found = () =>
      site.query<{ service: string; verdict: string }>('select service, verdict from finding order by service');
    await until('both findings are there', async () => (await found()).length === 2, 40_000);
    expect(await found()).toEqual([
      { service: 'chatgpt', verdict: 'unregistered' },
      { service: 'otter', verdict: 'unregistered' },
    ]);
    const usage = await site.query(
      'select service, actor, strength, sum(events)::int as events from usage group by 1, 2, 3 order by 1, 2',
    );
    expect(usage).toEqual([
      { service: 'chatgpt', actor: 'ann.berg@acme.example', strength: 'account', events: 1 },
      { service: 'chatgpt', actor: 'bo@acme.example', strength: 'account', events: 1 },
      { service: 'otter', actor: 'ann.berg@acme.example', strength: 'permission', events: 1 },
    ]);
    await until('both were told of', () => told.filter(({ type }) => type === 'finding.opened').length === 2);
  });

  it('F25 a secret that was taken back pauses the source, says so at the webhook, and doctor tells it from a missing permission', async () => {
    graph.app.secrets = new Map([['right~secret', Date.now() - day]]);
    await until('the source is paused', async () => {
      const [row] = await site.query<{ state: string }>(`select state from source where id = 'directory'`);
      return row?.state === 'paused';
    });
    await until('it was told of', () => told.some(({ type }) => type === 'source.paused'));
    expect(JSON.stringify(told)).toContain('the client secret has expired (AADSTS7000222)');
    const before = graph.requests.length;
    const tried = await run('collect', 'directory');
    expect([tried.code, tried.stderr]).toEqual([3, expect.stringContaining('the source directory could not be read')]);
    expect(tried.stderr).not.toContain('should not happen');
    const looked = await checks('doctor');
    expect(looked.find(({ name }) => name === 'source directory: Sign-in of the app')).toMatchObject({
      outcome: 'failed',
      found: 'the client secret has expired (AADSTS7000222)',
      remedy: expect.stringContaining('Make a new client secret'),
    });
    // Nobody but who was told to has asked since: a paused source is left alone.
    expect(graph.requests.length - before).toBe(2);

    graph.app.secrets = new Map([['new~secret', Date.now() + 400 * day]]);
    secret('new~secret');
    graph.permissions.delete('AuditLog.Read.All');
    expect(
      (await checks('doctor')).filter(
        ({ name, outcome }) => name.startsWith('source directory') && outcome === 'failed',
      ),
    ).toMatchObject([
      { name: 'source directory: Part sign_ins', found: 'the permission AuditLog.Read.All is missing' },
      { name: 'source directory: Part audits', remedy: expect.stringContaining('Grant admin consent') },
    ]);

    graph.permissions.add('AuditLog.Read.All');
    const now = Date.now();
    graph.signIns = signInStore([signIn(4, now - hour), signIn(1, now - 5 * hour)]);
    const { code, stdout } = await run('collect', 'directory');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 new record, 1 new chunk, [\d,]+ bytes, 0 gaps; the running service scans it/);
    // The service itself learns of the new secret by a reload, and goes on.
    graph.signIns = signInStore([
      signIn(4, now - hour),
      signIn(5, now - hour, { userPrincipalName: 'cy@acme.example' }),
    ]);
    site.processes.get('serve')?.signal('SIGHUP');
    await until('the service reads again', async () => {
      const rows = await site.query(`select actor from usage where actor = 'cy@acme.example' and service = 'chatgpt'`);
      return rows.length === 1;
    });
    expect(await site.query(`select state from source where id = 'directory'`)).toEqual([{ state: 'active' }]);
    expect(site.processes.get('serve')?.log()).not.toMatch(/right~secret|new~secret|token-[0-9a-f]{24}/);
  });
});
