import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildExtension } from '../../extension/build.js';
import { openCatalog } from '../../src/cli/common/open-catalog.js';
import { acmeBot } from '../helpers/cli.js';
import { httpsServer, type LocalServer } from '../helpers/http-server.js';
import { Site, until } from '../kill/site.js';
import { describeWithExtension, type Extended, idOf, openExtended } from './helpers/browser.js';
import { Wire } from './helpers/wire.js';

// The built extension in a real Chromium, against a running service. Pages of every host of the web come from this machine.

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../fixtures/tls', name), 'utf8');

/** Pages: an account in the header, a text field and a place for files. */
const page = (
  account: string,
): string => `<!doctype html><html lang="en"><head><title>Merger with Globex</title></head><body>
<header>${account === 'somebody' ? 'Write to help@vendor.example' : ''}<button aria-label="Account ${account}">Me</button></header>
<main><p>Write to zoe@globex.example about it.</p><textarea aria-label="prompt"></textarea><input type="file" multiple aria-label="files"></main></body></html>`;
const accounts: Record<string, string> = {
  'chatgpt.com': 'anna.private@gmail.com',
  'claude.ai': 'anna@acme.example',
};

/** What nobody may find on the wire or in the extension's storage: what people read, write and have. */
const secrets =
  /globex|merger|intranet|payroll|plan\.txt|anna\.private|gmail|confidential|zoe@|\/c\/42|q=salary|diary/i;

/** Asks until it holds: browsers do things in their own time. */
const poll = <T>(value: () => T | Promise<T>) => expect.poll(value, { timeout: 20_000 });

describeWithExtension('the browser extension', () => {
  const site = new Site({ kind: 'embedded' });
  const wire = new Wire();
  const folder = mkdtempSync(join(tmpdir(), 'halflight-extension-'));
  // The id of an extension follows from its folder, so that a signature can name it before.
  const other = (name: string): string => join(folder, name);
  let pages: LocalServer;
  let browser: Extended;
  let token: string;
  const seen: { host: string; origin: string | undefined }[] = [];

  const open = async (url: string): Promise<Page> => {
    const tab = await browser.context.newPage();
    await tab.goto(url);
    return tab;
  };
  const sendNow = async (): Promise<void> => {
    const tab = await browser.sent();
    await tab.getByRole('button', { name: 'Send now' }).click();
    await poll(() => tab.getByRole('button', { name: 'Send now' }).getAttribute('aria-busy')).toBeNull();
    await tab.close();
  };
  /** Waits until an event waits to be sent, which happens behind the page's back. */
  const waits = (event: object): Promise<void> =>
    poll(() => browser.waiting()).toEqual(expect.arrayContaining([expect.objectContaining(event)]));
  const events = (): Record<string, unknown>[] =>
    wire.batches().flatMap(({ body }) => (JSON.parse(body) as { events: Record<string, unknown>[] }).events);
  const usage = () =>
    site.query<{
      service: string;
      actor: string;
      account_kind: string;
      strength: string;
      provenance: string;
      events: number;
      bytes_out: number;
    }>(
      `select service, actor_kind || ' ' || actor as actor, account_kind, strength, provenance, sum(events)::int as events,
         sum(bytes_out)::int as bytes_out from usage where source = 'browsers' group by 1, 2, 3, 4, 5 order by 1, 3, 4`,
    );

  beforeAll(async () => {
    for (const name of ['helper', 'diary']) {
      mkdirSync(other(name));
      writeFileSync(join(other(name), 'manifest.json'), JSON.stringify({ manifest_version: 3, name, version: '1.4' }));
    }
    const signatures = join(folder, 'signatures');
    mkdirSync(signatures);
    writeFileSync(
      join(signatures, 'acme-bot.yaml'),
      `${acmeBot}extensions: [{ store: chrome, id: ${idOf(other('helper'))} }]\n`,
    );
    site.configure({
      signatures,
      sources: [
        {
          id: 'browsers',
          kind: 'telemetry',
          options: { identity: 'managed-user', ask_url: 'https://ask.acme.example/ai' },
        },
        { id: 'forged', kind: 'push' },
      ],
    });
    await site.prepare();
    site.inventory(['claude']);
    await site.start('serve').ready;
    token = await site.token('browsers');
    await wire.open(site.url);
    const tls = { key: fixture('server.key.pem'), cert: fixture('server.pem') };
    pages = await httpsServer(tls, (request, response) => {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      seen.push({ host, origin: request.headers.origin });
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(page(accounts[host] ?? 'somebody'));
    });
    await until('the token is known', async () => {
      const answer = await fetch(`${site.url}/v1/telemetry/catalog`, { headers: { authorization: `Bearer ${token}` } });
      return answer.status === 200;
    });
    const out = join(folder, 'built');
    await buildExtension(await openCatalog(), out);
    browser = await openExtended([join(out, 'chromium'), other('helper'), other('diary')], pages.port, {
      serverUrl: wire.url,
      token,
      identityMode: 'managed-user',
      user: 'anna@acme.example',
      device: 'ACME-LT-17',
      enterpriseDomains: ['acme.example'],
      reportMinutes: 60,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
    await wire.close();
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks for the catalog and the notices, and enrols with what policy says', async () => {
    await sendNow();
    await poll(() =>
      wire.heard.filter(({ method }) => method === 'GET').map(({ path, status }) => `${path} ${status}`),
    ).toEqual(expect.arrayContaining(['/v1/telemetry/catalog 200', '/v1/telemetry/notices 200']));
    const enrolments = () =>
      wire.heard.filter(({ method, path }) => `${method} ${path}` === 'POST /v1/telemetry/devices');
    await poll(() => enrolments().length).toBe(1);
    const [enrolment] = enrolments();
    expect(enrolment?.status).toBe(201);
    expect(JSON.parse(enrolment?.body ?? '')).toEqual({
      halflight_telemetry: '1',
      user: 'anna@acme.example',
      device: 'ACME-LT-17',
      agent: {
        name: 'halflight-extension',
        version: '0.1.0',
        browser: 'chromium',
        browser_version: expect.any(String),
      },
    });
  });

  it('tells of AI extensions that are installed, and of no others', async () => {
    await poll(() => events().filter(({ type }) => type === 'extensions').length).toBe(1);
    expect(events().find(({ type }) => type === 'extensions')?.extensions).toEqual([
      { id: idOf(other('helper')), version: '1.4', enabled: true },
    ]);
  });

  it('tells of visits, pastes and uploads on AI services: kind of account, counts and sizes', async () => {
    await (await open('https://intranet.example.org/payroll?q=salary')).close();
    const tab = await open('https://chatgpt.com/c/42?q=salary');
    await waits({ type: 'sign-in', host: 'chatgpt.com', account_kind: 'personal' });
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: 'https://chatgpt.com' });
    await tab.evaluate("navigator.clipboard.writeText('Confidential: we buy Globex. ü')");
    await tab.getByLabel('prompt').press('Control+V');
    await poll(() => tab.getByLabel('prompt').inputValue()).toContain('Globex');
    // Files on disk: of those that Playwright makes up in the page the browser itself knows nothing.
    const files = ['plan.txt', 'plan2.txt'].map((name) => join(folder, name));
    for (const [i, file] of files.entries())
      writeFileSync(file, Buffer.alloc(i === 0 ? 70_000 : 10_000, 'confidential '));
    await tab.getByLabel('files').setInputFiles(files);
    await waits({ type: 'upload' });
    // What a page makes up itself is not counted.
    await tab.evaluate(`
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: new DataTransfer() }));
      document.querySelector('input').dispatchEvent(new Event('input', { bubbles: true, composed: true }));`);
    await (await open('https://claude.ai/new')).close();
    await waits({ host: 'claude.ai' });
    // Its host came with the catalog of the service; the extension was built without it.
    await (await open('https://bot.acme.example/')).close();
    await waits({ host: 'bot.acme.example' });
    await sendNow();
    await poll(() => events().map(({ type, host }) => `${type} ${host}`)).toContain('visit bot.acme.example');
    const told = events().filter(({ type }) => type !== 'extensions');
    expect(told.filter(({ host }) => host === 'chatgpt.com').map(({ id: _, at: __, ...event }) => event)).toEqual([
      { type: 'visit', host: 'chatgpt.com', account_kind: 'unknown' },
      { type: 'sign-in', host: 'chatgpt.com', account_kind: 'personal' },
      { type: 'paste', host: 'chatgpt.com', account_kind: 'personal', count: 1, bytes: 31 },
      { type: 'upload', host: 'chatgpt.com', account_kind: 'personal', count: 2, bytes: 80_000 },
    ]);
    for (const { at } of told) expect(at).toMatch(/:00\.000Z$/);
    await tab.close();
  });

  it('ends up as use by the person whom policy names, reported', async () => {
    const anna = { actor: 'user anna@acme.example', provenance: 'reported' };
    await until(
      'all is read',
      async () => {
        const services = (await usage()).map(({ service, strength }) => `${service} ${strength}`);
        return ['acme-bot visit', 'chatgpt transfer', 'claude visit'].every((one) => services.includes(one));
      },
      30_000,
    );
    expect(await usage()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...anna,
          service: 'chatgpt',
          account_kind: 'personal',
          strength: 'transfer',
          bytes_out: 80_031,
        }),
        expect.objectContaining({
          ...anna,
          service: 'chatgpt',
          account_kind: 'personal',
          strength: 'account',
          events: 1,
        }),
        expect.objectContaining({ ...anna, service: 'chatgpt', account_kind: 'unknown', strength: 'visit', events: 1 }),
        expect.objectContaining({ ...anna, service: 'claude', strength: 'visit' }),
        expect.objectContaining({ ...anna, service: 'acme-bot', strength: 'visit', events: 2 }),
      ]),
    );
  });

  it('shows the employee, byte for byte, what was sent', async () => {
    const tab = await browser.sent();
    await poll(() => tab.locator('#sent pre').count()).toBeGreaterThan(1);
    const shown = await tab.locator('#sent pre').allTextContents();
    const posted = wire.heard.filter(({ method, status }) => method === 'POST' && status < 300).map(({ body }) => body);
    expect(shown).toEqual(posted.toReversed());
    expect(await tab.locator('#to').innerText()).toContain(wire.url);
    expect(await tab.locator('#to').innerText()).toContain('anna@acme.example');
    expect(await tab.locator('#waiting').innerText()).toBe('Nothing waits.');
    await tab.evaluate(axe.source);
    const { violations } = await tab.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await tab.close();
  });

  it('says in a closed box, once a week, that a tool is not approved, what is, and where to ask', async () => {
    // Its notice was shown when it was first visited above.
    expect(await browser.kept()).toMatch(/"noticed":\{"chatgpt":\d+/);
    const tab = await open('https://chat.mistral.ai/chat');
    const session = await browser.session(tab);
    const text = async (): Promise<string> => {
      const { root } = await session.send('DOM.getDocument', { depth: -1, pierce: true });
      return JSON.stringify(root, ['children', 'shadowRoots', 'nodeValue', 'attributes', 'shadowRootType']);
    };
    await poll(text).toContain('is not an approved tool here');
    const shown = await text();
    expect(shown).toContain('Approved instead: Claude.');
    expect(shown).toContain('https://ask.acme.example/ai');
    expect(shown).toContain('"shadowRootType":"closed"');
    await tab.reload();
    await poll(() => browser.kept()).toContain('chat.mistral.ai');
    expect(await text()).not.toContain('is not an approved tool here');
    await tab.close();
    const approved = await open('https://claude.ai/new');
    const approvedSession = await browser.session(approved);
    const { root } = await approvedSession.send('DOM.getDocument', { depth: -1, pierce: true });
    expect(JSON.stringify(root)).not.toContain('approved');
    await approved.close();
    await sendNow();
  });

  it('keeps what it has while the service is away and the worker ends, and delivers it once', async () => {
    const before = (await usage()).filter(({ service }) => service === 'perplexity');
    expect(before).toEqual([]);
    wire.mode = 'down';
    await (await open('https://www.perplexity.ai/search/42')).close();
    await waits({ host: 'www.perplexity.ai' });
    await sendNow();
    const tab = await browser.sent();
    await poll(() => tab.locator('#trouble').innerText()).toContain('The server does not answer.');
    expect(await tab.locator('#waiting').innerText()).toContain('On its way');
    await tab.close();
    await browser.endWorker();
    // The service takes it, and its answer is lost: the extension cannot know.
    wire.mode = 'forget';
    await sendNow();
    expect(await browser.isSameWorker()).toBe(false);
    await browser.endWorker();
    wire.mode = 'pass';
    await sendNow();
    const tries = wire.batches().filter(({ body }) => body.includes('perplexity'));
    expect(tries.length).toBeGreaterThanOrEqual(3);
    expect(new Set(tries.map(({ body }) => body)).size).toBe(1);
    expect(tries.at(-1)?.status).toBe(202);
    await until('it is read', async () => (await usage()).some(({ service }) => service === 'perplexity'), 30_000);
    // What comes after it is read after it: nothing of it can still be on its way.
    await (await open('https://otter.ai/')).close();
    await waits({ host: 'otter.ai' });
    await sendNow();
    await until('the next is read', async () => (await usage()).some(({ service }) => service === 'otter'), 30_000);
    expect((await usage()).filter(({ service }) => service === 'perplexity').map((row) => row.events)).toEqual([1]);
  });

  it('waits as the server asks, and then goes on by itself', async () => {
    wire.mode = 'busy';
    await (await open('https://poe.com/')).close();
    await waits({ host: 'poe.com' });
    await sendNow();
    expect(wire.batches().at(-1)?.status).toBe(503);
    wire.mode = 'pass';
    await poll(() => wire.batches().at(-1)?.status).toBe(202);
    expect(wire.batches().at(-1)?.body).toContain('poe.com');
  });

  it('sends nothing but the documented fields, to nobody but the service', async () => {
    const fields = new Set<string>();
    for (const { method, path, headers, body } of wire.heard) {
      expect(['OPTIONS', 'GET', 'POST']).toContain(method);
      expect(['/v1/telemetry', '/v1/telemetry/devices', '/v1/telemetry/catalog', '/v1/telemetry/notices']).toContain(
        path,
      );
      expect([headers.cookie, headers.referer]).toEqual([undefined, undefined]);
      expect(`${path} ${JSON.stringify(headers)} ${body}`).not.toMatch(secrets);
      if (method === 'POST') walk(JSON.parse(body), (key) => fields.add(key));
    }
    // The address of a help desk in a header is no account.
    expect(
      events()
        .filter(({ type }) => type === 'sign-in')
        .every(({ host }) => typeof host === 'string' && host in accounts),
    ).toBe(true);
    expect([...fields].sort()).toEqual(
      'account_kind agent at batch browser browser_version bytes count device enabled events extensions halflight_telemetry host id name sent_at type user version'.split(
        ' ',
      ),
    );
    const hosts = new Set(events().flatMap(({ host }) => (typeof host === 'string' ? [host] : [])));
    expect([...hosts].sort()).toEqual([
      'bot.acme.example',
      'chat.mistral.ai',
      'chatgpt.com',
      'claude.ai',
      'otter.ai',
      'poe.com',
      'www.perplexity.ai',
    ]);
    expect(seen.filter(({ origin }) => origin?.startsWith('chrome-extension:') === true)).toEqual([]);
    // An ordinary page was visited, and nothing of it is kept.
    expect(seen.some(({ host }) => host === 'intranet.example.org')).toBe(true);
    expect(await browser.kept()).not.toMatch(secrets);
    const texts = await site.query<{ text: string }>(
      `select coalesce(string_agg(sample, ' '), '') as text from evidence where chunk_id in (select id from chunk where source = 'browsers')`,
    );
    expect(texts[0]?.text).not.toMatch(secrets);
    expect(texts[0]?.text).toContain('chatgpt.com');
  });

  it('ends when the device is revoked, says so, and keeps quiet', async () => {
    const halflight = (...args: string[]): string =>
      execFileSync(process.execPath, [join(import.meta.dirname, '../../bin/halflight.js'), ...args], {
        cwd: site.folder,
        encoding: 'utf8',
      });
    const named = halflight('device', 'list', '--names');
    expect(named).toContain('anna@acme.example, ACME-LT-17');
    expect(named).toMatch(/^\S{12} {2}browsers {2}policy {4}\d{4}-\d\d-\d\d {2}\d{4}-\d\d-\d\d {2}good$/m);
    expect(Math.max(...named.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(halflight('device', 'list')).not.toContain('anna');
    halflight('device', 'revoke', /^\S{12}(?= {2}browsers)/m.exec(named)?.[0] ?? '');
    await (await open('https://gemini.google.com/app')).close();
    await waits({ host: 'gemini.google.com' });
    // The service may take it for two seconds more.
    await until(
      'it is refused',
      async () => {
        await sendNow();
        await (await open('https://gemini.google.com/app')).close();
        return wire.batches().at(-1)?.status === 401;
      },
      60_000,
    );
    const count = wire.batches().length;
    const tab = await browser.sent();
    expect(await tab.locator('#trouble').innerText()).toContain('does not take this browser any more');
    await tab.close();
    await sendNow();
    expect(wire.batches().length).toBe(count);
    expect(wire.heard.filter(({ path, method }) => path === '/v1/telemetry/devices' && method === 'POST').length).toBe(
      1,
    );
  });

  it('cannot be spoken for: records of its form that are pushed elsewhere are claims, and make no finding about a person', async () => {
    const forged = await site.token('forged');
    const line = JSON.stringify({
      halflight_telemetry: '1',
      identity: 'reported',
      user: 'boss@acme.example',
      device: 'ACME-BOSS',
      id: 'x',
      at: new Date().toISOString(),
      type: 'visit',
      host: 'character.ai',
      account_kind: 'personal',
    });
    const push = async (): Promise<number> =>
      (
        await fetch(`${site.url}/v1/push`, {
          method: 'POST',
          body: `${line}\n`,
          headers: {
            authorization: `Bearer ${forged}`,
            'content-type': 'application/x-ndjson',
            'idempotency-key': 'forged',
          },
        })
      ).status;
    await until('it is taken', async () => (await push()) === 202);
    const rows = (): Promise<{ provenance: string }[]> =>
      site.query(`select distinct provenance from usage where source = 'forged'`);
    await until('it is read', async () => (await rows()).length > 0, 30_000);
    expect(await rows()).toEqual([{ provenance: 'claimed' }]);
  });
});

function walk(value: unknown, onKey: (key: string) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, onKey);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      onKey(key);
      walk(inner, onKey);
    }
}
