import type { IncomingHttpHeaders } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { channel } from '../../src/alerts/slack-people.js';
import { createEgress } from '../../src/net/egress.js';
import { aNotice, httpChannelContract } from '../contracts/channel.js';
import { httpServer } from '../helpers/http-server.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

const token = 'xoxb-17653672481-secret5f2a';
const address = 'ada@acme.example';
const notice = {
  ...aNotice,
  kind: 'nudge',
  title: 'Otter is not approved for your use',
  text: 'not shown',
  details: { ...aNotice.details, person: 'person-k3w7q2ma', paragraphs: ['On 2026-11-25 you used Otter.', 'Ask.'] },
};
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Call {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}
interface Answer {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  cut?: true;
}
const user = { ok: true, user: { id: 'U02ADA', deleted: false, profile: { email: address } } };

/** The two methods as Slack documents them; each answers what the test says. */
async function fakeSlack(answers: { lookup?: Answer; post?: Answer } = {}) {
  const calls: Call[] = [];
  const server = await httpServer((request, response) => {
    void textOf(request).then((body) => {
      const { method = '', url: path = '', headers } = request;
      calls.push({ method, path, headers, body });
      const lookup = path.startsWith('/api/users.lookupByEmail?');
      const { status = 200, headers: more = {}, json, cut } = (lookup ? answers.lookup : answers.post) ?? {};
      if (cut === true) return void request.socket.destroy();
      const fallback = lookup ? user : { ok: true, channel: 'D02ADA', ts: '1503435956.000247' };
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(json ?? fallback));
    });
  });
  const egress = createEgress({ allow: ['127.0.0.1'], ports: [server.port] });
  closing.push(
    () => egress.close(),
    () => server.close(),
  );
  const options = channel.options.parse({ token, url: `http://127.0.0.1:${server.port}/api`, timeout: 2 });
  const context = { egress, now: () => aNotice.at, signal: new AbortController().signal };
  return { calls, send: (to: string = address, one = notice) => channel.send(one, options, { ...context, to }) };
}

describe('slack-people', () => {
  httpChannelContract({
    channel,
    to: address,
    options: (url) => ({ token, url, timeout: 1 }),
    secrets: ['secret5f2a', address],
    delivers: ({ path }) => path.endsWith('/chat.postMessage'),
    believes: ({ headers, body }) =>
      headers.authorization === `Bearer ${token}` && (JSON.parse(body) as { channel: string }).channel === 'U02ADA',
    taken: ({ path }) => ({
      status: 200,
      body: JSON.stringify(path.includes('users.lookupByEmail') ? user : { ok: true }),
    }),
  });

  it('looks the person up by address and writes to that id alone, with nothing of what others are told', async () => {
    const { calls, send } = await fakeSlack();
    expect(await send()).toEqual({ outcome: 'sent' });
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/users.lookupByEmail?email=ada%40acme.example',
      'POST /api/chat.postMessage',
    ]);
    const written = JSON.parse(calls[1]?.body ?? '') as {
      channel: string;
      blocks: { text: { type: string; text: string } }[];
    };
    expect(written.channel).toBe('U02ADA');
    expect(written.blocks.map(({ text }) => [text.type, text.text])).toEqual([
      ['plain_text', 'Otter is not approved for your use'],
      ['plain_text', 'On 2026-11-25 you used Otter.'],
      ['plain_text', 'Ask.'],
    ]);
    expect(calls[1]?.body).not.toMatch(/not shown|person-k3w7q2ma|ada@/);
  });

  it('without a person it asks nobody', async () => {
    const { calls, send } = await fakeSlack();
    expect(await send('')).toMatchObject({ outcome: 'refused' });
    expect(calls).toEqual([]);
  });

  it.each([
    ['users_not_found', 'refused', 'nobody with the address'],
    ['missing_scope', 'refused', 'users:read.email'],
    ['invalid_auth', 'refused', 'check the bot token'],
    ['something_new <b>', 'refused', 'none that is known'],
    ['internal_error', 'retry', 'internal_error'],
    ['ratelimited', 'retry', 'ratelimited'],
  ])('an error %s of the look-up is %s', async (error, outcome, why) => {
    const { calls, send } = await fakeSlack({ lookup: { json: { ok: false, error } } });
    const delivery = await send();
    expect(delivery).toMatchObject({ outcome, why: expect.stringContaining(why) as string });
    expect(JSON.stringify(delivery)).not.toMatch(/ada@|<b>/);
    expect(calls).toHaveLength(1);
  });

  it('429 is waited for as long as it says, also when it comes to the message itself', async () => {
    const busy = { status: 429, headers: { 'retry-after': '30' }, json: { ok: false, error: 'ratelimited' } };
    for (const answers of [{ lookup: busy }, { post: busy }])
      expect(await (await fakeSlack(answers)).send()).toMatchObject({ outcome: 'retry', afterSeconds: 30 });
  });

  it('a message whose answer got lost, or of which Slack cannot say, is not sent twice', async () => {
    for (const post of [{ cut: true as const }, { status: 503 }, { json: { ok: false, error: 'fatal_error' } }])
      expect(await (await fakeSlack({ post })).send()).toMatchObject({
        outcome: 'refused',
        why: expect.stringContaining('not sent twice') as string,
      });
    expect(await (await fakeSlack({ lookup: { cut: true } })).send()).toMatchObject({ outcome: 'retry' });
  });

  it('answers that are none of Slack are refused in words', async () => {
    for (const json of [[], { ok: true }, { ok: true, user: { id: '../x' } }, { ok: 'yes' }])
      expect(await (await fakeSlack({ lookup: { json } })).send()).toMatchObject({
        outcome: 'refused',
        why: expect.stringContaining('check the URL') as string,
      });
  });

  it(
    'A9 hostile words in it mention nobody and link nowhere',
    async () => {
      const { calls, send } = await fakeSlack();
      for (const [title, text] of hostileTexts(Math.min(2000, strings / 100))) {
        await send(address, { ...notice, title, details: { ...notice.details, paragraphs: [text, title] } });
        const written = JSON.parse(calls.at(-1)?.body ?? '') as {
          text: string;
          blocks: { text: { type: string; text: string } }[];
        };
        expect(written.blocks.every(({ text: one }) => one.type === 'plain_text' && !/[<>]/.test(one.text))).toBe(true);
        expect(written.text).not.toMatch(/[<>]/);
        calls.length = 0;
      }
    },
    patience,
  );
});
