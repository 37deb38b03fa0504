import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMail } from '../alerts/helpers/read-mail.js';
import { halflight } from '../helpers/cli.js';
import { httpServer, type LocalServer } from '../helpers/http-server.js';
import { Site, until } from '../kill/site.js';

// The built service, from a line of a log to the mail and the chat message about it, and from the link in these back to the alert.

describe('the link in a message about an alert, from the mail to the alert', () => {
  const site = new Site({ kind: 'embedded' });
  const logs = join(site.folder, 'logs');
  const mails: string[] = [];
  const posts: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _, done) => {
      void text(stream).then((mail) => {
        mails.push(mail);
        done();
      });
    },
  });
  let hook: LocalServer | undefined;

  const put = (name: string, hosts: readonly string[]): void => {
    const line = (host: string): string =>
      `${(Date.now() / 1000).toFixed(3)}    120 10.0.0.7 TCP_TUNNEL/200 5000 CONNECT ${host}:443 e1001 HIER_DIRECT/203.0.113.7 -\n`;
    writeFileSync(join(site.folder, name), hosts.map(line).join(''));
    renameSync(join(site.folder, name), join(logs, name));
  };
  const linksIn = (body: string): string[] => body.match(/http:\/\/127\.0\.0\.1:\d+\/ack\/[\w.-]+/g) ?? [];
  const alerts = async (): Promise<Map<string | null, { state: string; acknowledgedBy: string | null }>> => {
    const { alerts: all } = JSON.parse((await halflight(['alert', 'list', '--json'], { cwd: site.folder })).stdout) as {
      alerts: { service: string | null; state: string; acknowledgedBy: string | null }[];
    };
    return new Map(all.map(({ service, state, acknowledgedBy }) => [service, { state, acknowledgedBy }]));
  };
  const press = async (link: string, who: string): Promise<string> =>
    (await fetch(link, { method: 'POST', body: new URLSearchParams({ who }) })).text();
  const steps = (): Promise<{ service: string; next_at: number | null }[]> =>
    site.query("select service, next_at from alert where state <> 'resolved' order by service");

  beforeAll(async () => {
    await mkdir(logs);
    await new Promise<void>((resolve) => {
      smtp.listen(0, '127.0.0.1', resolve);
    });
    hook = await httpServer((request, response) => {
      void text(request).then((body) => {
        posts.push(body);
        response.end('ok');
      });
    });
    const port = (smtp.server.address() as AddressInfo).port;
    site.configure({
      ports: [port, hook.port],
      sources: [{ id: 'proxy', kind: 'folder', format: 'squid', every: '1s', options: { path: logs } }],
      channels: [
        {
          id: 'mail',
          kind: 'email',
          options: { host: '127.0.0.1', port, tls: 'none', from: 'halflight@acme.example', to: ['soc@acme.example'] },
        },
        { id: 'chat', kind: 'slack', options: { url: `http://127.0.0.1:${hook.port}/services/T0/B0/x` } },
      ],
    });
    await site.prepare();
    const file = join(site.folder, 'halflight.yaml');
    const config = JSON.parse(readFileSync(file, 'utf8')) as { server: object };
    const rule = (id: string, services: string[], more: object) => ({
      id,
      kind: 'new-unapproved-vendor',
      when: { services },
      remind: { every: '1h' },
      escalate: [{ after: '30m', channels: ['chat'] }],
      ...more,
    });
    const rules = [
      rule('at-once', ['chatgpt'], {}),
      rule('together', ['claude', 'perplexity'], { group: { wait: '2s' }, channels: ['mail'] }),
    ];
    const server = { ...config.server, public_url: site.url };
    writeFileSync(file, JSON.stringify({ ...config, server, alerts: { rules } }));
    await site.start('serve').ready;
  });
  afterAll(async () => {
    await site.close();
    await hook?.close();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });

  it('scanners that follow it change nothing; its button takes the alert, and ends reminders and escalation', async () => {
    put('one.log', ['chatgpt.com']);
    await until('the mail and the post are there', () => mails.length === 1 && posts.length === 1, 60_000);
    const [link = ''] = linksIn(readMail(mails[0] ?? '').text);
    expect(link.startsWith(`${site.url}/ack/`)).toBe(true);
    expect(linksIn(posts[0] ?? '')).toEqual([link]);
    for (const method of ['GET', 'HEAD', 'GET']) {
      const page = await fetch(link, { method });
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      if (method === 'GET') expect(await page.text()).toMatch(/<form method="post">.*<button>/);
    }
    expect((await alerts()).get('chatgpt')).toEqual({ state: 'open', acknowledgedBy: null });
    expect((await steps())[0]?.next_at).not.toBeNull();

    const altered = `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`;
    const signed = link.slice(link.lastIndexOf('.'));
    const other = link.replace(/\/ack\/a\.[0-9a-f]{20}/, `/ack/a.${'0'.repeat(20)}`);
    const later = link.replace(/\.([0-9a-z]+)\.[\w-]{43}$/, (_, end: string) => `.${end.replace(/.$/, 'z')}${signed}`);
    for (const wrong of [altered, other, later]) {
      expect(wrong).not.toBe(link);
      expect(await press(wrong, 'Mallory')).toContain('This link does not hold');
    }
    expect((await alerts()).get('chatgpt')?.state).toBe('open');
    expect(await press(link, 'Jane Doe')).toContain('It is acknowledged.');
    expect(await press(link, 'Max')).toContain('Nothing was changed');
    expect((await alerts()).get('chatgpt')).toEqual({ state: 'acknowledged', acknowledgedBy: 'link:Jane Doe' });
    const taken = await site.query<{ who: string }>("select who from audit where action = 'alert.acknowledged'");
    expect(taken).toEqual([{ who: 'link:Jane Doe' }]);
  });

  it('one link takes all that a message tells together', async () => {
    put('two.log', ['claude.ai', 'www.perplexity.ai']);
    const group = () => mails.map(readMail).find(({ headers }) => headers.subject?.startsWith('2 alerts: '));
    // The round that tells them comes each minute.
    await until('the mail about both is there', () => group() !== undefined, 90_000);
    const [link = ''] = linksIn(group()?.text ?? '');
    expect(link).toContain(`${site.url}/ack/g.together.`);
    expect((await fetch(link)).status).toBe(200);
    expect((await alerts()).get('claude')?.state).toBe('open');
    expect((await alerts()).get('perplexity')?.state).toBe('open');
    expect(await press(link, 'Ada')).toContain('It is acknowledged.');
    expect(await alerts()).toEqual(
      new Map([
        ['chatgpt', { state: 'acknowledged', acknowledgedBy: 'link:Jane Doe' }],
        ['claude', { state: 'acknowledged', acknowledgedBy: 'link:Ada' }],
        ['perplexity', { state: 'acknowledged', acknowledgedBy: 'link:Ada' }],
      ]),
    );
    expect(await press(link, 'Max')).toContain('Nothing was changed');
  });
});
