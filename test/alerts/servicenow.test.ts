import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, messageOf } from '../../src/alerts/common/message.js';
import { channel, recordText } from '../../src/alerts/servicenow.js';
import type { Notice } from '../../src/core/notice.js';
import { createEgress } from '../../src/net/egress.js';
import { aNotice, httpChannelContract } from '../contracts/channel.js';
import { httpServer, type LocalServer } from '../helpers/http-server.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

const login = { user: 'halflight', password: 'password-5f2a' };
const authorization = `Basic ${btoa('halflight:password-5f2a')}`;

describe('servicenow', () => {
  httpChannelContract({
    channel,
    options: (url) => ({ url, ...login, timeout: 1 }),
    secrets: [login.password, authorization.slice(6)],
    idOf: ({ path, body }) => /halflight-[\da-f]{24}/.exec(decodeURIComponent(path) + body)?.[0],
    believes: ({ headers }) => headers.authorization === authorization,
    taken: ({ method }) => ({
      status: method === 'GET' ? 200 : 201,
      body: method === 'GET' ? '{"result":[]}' : '{"result":{}}',
    }),
    delivers: ({ method }) => method === 'POST',
  });

  let server: LocalServer;
  let records: Record<string, string>[];
  let notes: string[];
  let loses: string | undefined;

  /** The Table API: a query by correlation id, records, and changes of them. */
  beforeEach(async () => {
    [records, notes, loses] = [[], [], undefined];
    server = await httpServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      request.on('end', () => {
        const { method = '' } = request;
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
        const answer = (status: number, result: unknown): void => {
          if (method === loses) response.destroy();
          else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ result }));
        };
        if (request.headers.authorization !== authorization) return answer(401, null);
        const [, table, id] = /^\/api\/now\/table\/(\w+)(?:\/([\da-f]{32}))?$/.exec(pathname) ?? [];
        if (table !== 'incident') return answer(404, null);
        if (method === 'GET') {
          const key = /^correlation_id=([\w-]+)\^ORDERBYDESCsys_created_on$/.exec(
            searchParams.get('sysparm_query') ?? '',
          )?.[1];
          return answer(
            200,
            records.filter((record) => key === undefined || record.correlation_id === key),
          );
        }
        const fields = JSON.parse(text) as Record<string, string>;
        if (method === 'POST')
          records.push({ ...fields, sys_id: createHash('md5').update(String(records.length)).digest('hex') });
        const record = records.find((item) => item.sys_id === id);
        if (method === 'PATCH' && record !== undefined) {
          const { work_notes: note, ...rest } = fields;
          if (note !== undefined) notes.push(note);
          Object.assign(record, rest);
        }
        answer(method === 'POST' ? 201 : 200, {});
      });
    });
  });
  afterEach(async () => {
    await server.close();
  });

  async function send(more: Partial<Notice>, written: Record<string, unknown> = {}) {
    const egress = createEgress({ allow: ['127.0.0.1'], ports: [server.port] });
    const options = channel.options.parse({ url: `http://127.0.0.1:${server.port}`, ...login, timeout: 5, ...written });
    const context = { egress, now: () => aNotice.at, signal: new AbortController().signal };
    const delivery = await channel.send({ ...aNotice, ...more }, options, context);
    const checks = await channel.test(options, context);
    await egress.close();
    return { ...delivery, checks };
  }
  const opened = { kind: 'finding.opened', id: 'n_1', severity: 'high' as const };
  const changed = { kind: 'finding.changed', id: 'n_2', title: 'Otter: changed', details: { state: 'open' } };
  const resolved = { kind: 'finding.resolved', id: 'n_3', title: 'Otter: resolved' };
  const reopened = { kind: 'finding.reopened', id: 'n_4', title: 'Otter: again' };
  const ways = { resolved_state: '6', close_code: 'Solution provided', reopened_state: '2', assignment_group: 'SOC' };

  it('a finding has one record, with a work note for each later news, which is resolved and opened again', async () => {
    const states: (string | undefined)[] = [];
    for (const news of [opened, changed, resolved, reopened]) {
      expect(await send(news, ways)).toMatchObject({ outcome: 'sent' });
      states.push(records[0]?.state);
    }
    expect(states).toEqual([undefined, undefined, '6', '2']);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      short_description: aNotice.title,
      description: expect.stringContaining(`Why: ${aNotice.text}`) as string,
      assignment_group: 'SOC',
      urgency: '1',
      close_code: 'Solution provided',
      correlation_display: 'Halflight n_4',
    });
    expect(notes.map((note) => note.split('\n')[0])).toEqual(['Otter: changed', 'Otter: resolved', 'Otter: again']);
    await send({ ...opened, id: 'n_5', subject: 'finding-18' });
    expect(records).toHaveLength(2);
  });

  it('a delivery whose answer got lost changes nothing when it is made again', async () => {
    for (const [news, method] of [
      [opened, 'POST'],
      [changed, 'PATCH'],
      [resolved, 'PATCH'],
    ] as const) {
      loses = method;
      expect(await send(news, ways)).toMatchObject({ outcome: 'retry' });
      loses = undefined;
      for (let i = 0; i < 2; i++) expect(await send(news, ways)).toMatchObject({ outcome: 'sent' });
    }
    expect(records).toHaveLength(1);
    expect(notes).toHaveLength(2);
  });

  it('without states of its own a record stays where people put it; what was never told is not told when it ends', async () => {
    await send(resolved);
    expect(records).toEqual([]);
    await send(opened);
    await send(resolved);
    expect(records[0]?.state).toBe(undefined);
    expect(notes).toHaveLength(1);
  });

  it('a test reads the table and writes nothing; a wrong password is refused and not repeated', async () => {
    const { checks } = await send(resolved);
    expect(checks[1]).toEqual({
      name: 'Reachable',
      outcome: 'ok',
      found: 'the table incident can be read',
      remedy: '',
    });
    const wrong = await send(opened, { password: 'wrong-77c1' });
    expect(wrong).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(wrong)).not.toContain('wrong-77c1');
    expect((await send(opened, { table: 'nowhere' })).outcome).toBe('refused');
    expect(records).toEqual([]);
  });

  it(
    'A9 texts from logs are text of one record, never HTML of a journal, and read the same',
    () => {
      for (const [title, text] of hostileTexts(strings)) {
        const message = messageOf({ ...aNotice, title, text }, {});
        const written = recordText(message);
        if (/\[\/?code/i.test(written.description + written.short_description)) expect.fail(written.description);
        const read = written.description.replaceAll('\u2060', '').split('\n\n');
        const expected = [message.headline, ...linesOf(message).map(([label, line]) => `${label}: ${line}`)];
        if (
          read.join('|') !== expected.join('|') ||
          /[\r\n]/.test(written.short_description) ||
          written.short_description.length > 160
        )
          expect(read).toEqual(expected);
      }
    },
    patience,
  );
});
