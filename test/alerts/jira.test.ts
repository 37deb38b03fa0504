import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, messageOf } from '../../src/alerts/common/message.js';
import { channel, jiraText } from '../../src/alerts/jira.js';
import type { Notice } from '../../src/core/notice.js';
import { createEgress } from '../../src/net/egress.js';
import { aNotice, httpChannelContract } from '../contracts/channel.js';
import { type FakeJira, fakeJira, paragraphs } from './helpers/fake-jira.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

const login = { user: 'bot@acme.example', token: 'token-5f2a' };
const authorization = `Basic ${btoa('bot@acme.example:token-5f2a')}`;
const isSearch = (path: string): boolean => path.endsWith('/rest/api/3/search/jql');

describe('jira', () => {
  httpChannelContract({
    channel,
    options: (url) => ({ url, ...login, project: 'SEC', timeout: 1 }),
    secrets: [login.token, authorization.slice(6)],
    idOf: ({ body }) => /halflight-[\da-f]{24}/.exec(body)?.[0],
    believes: ({ headers }) => headers.authorization === authorization,
    taken: ({ path }) =>
      isSearch(path) ? { status: 200, body: '{"issues":[]}' } : { status: 201, body: '{"key":"SEC-1"}' },
    delivers: ({ path }) => path.endsWith('/rest/api/3/issue'),
  });

  let jira: FakeJira;
  beforeEach(async () => {
    jira = await fakeJira(authorization);
  });
  afterEach(async () => {
    await jira.close();
  });

  async function send(more: Partial<Notice>, written: Record<string, unknown> = {}) {
    const egress = createEgress({ allow: ['127.0.0.1'], ports: [jira.port] });
    const options = channel.options.parse({
      url: `http://127.0.0.1:${jira.port}/`,
      ...login,
      project: 'SEC',
      timeout: 5,
      ...written,
    });
    const context = { egress, now: () => aNotice.at, signal: new AbortController().signal };
    const delivery = await channel.send({ ...aNotice, ...more }, options, context);
    const checks = await channel.test(options, context);
    await egress.close();
    return { ...delivery, checks };
  }
  const opened = { kind: 'finding.opened', id: 'n_1' };
  const changed = { kind: 'finding.changed', id: 'n_2', title: 'Otter: changed', details: { state: 'open' } };
  const resolved = { kind: 'finding.resolved', id: 'n_3', title: 'Otter: resolved' };
  const reopened = { kind: 'finding.reopened', id: 'n_4', title: 'Otter: again' };
  const ways = { resolved_status: 'done', reopened_status: 'Reopened' };

  it('a finding has one issue, with a comment for each later news, which is closed and opened again', async () => {
    const states: string[] = [];
    for (const news of [opened, changed, resolved, reopened]) {
      expect(await send(news, ways)).toMatchObject({ outcome: 'sent' });
      states.push(jira.issues[0]?.status ?? '');
    }
    expect(states).toEqual(['To Do', 'To Do', 'Done', 'Reopened']);
    expect(jira.issues).toHaveLength(1);
    expect(jira.issues[0]?.fields).toMatchObject({
      project: { key: 'SEC' },
      issuetype: { name: 'Task' },
      summary: aNotice.title,
      labels: ['halflight', expect.stringMatching(/^halflight-[\da-f]{24}$/) as string],
    });
    expect(paragraphs(jira.issues[0]?.fields.description).slice(0, 3)).toEqual([
      aNotice.title,
      `Why: ${aNotice.text}`,
      'Who: 12 people',
    ]);
    const comments = jira.issues[0]?.comments.map((comment) => paragraphs((comment as { body: unknown }).body)[0]);
    expect(comments).toEqual(['Otter: changed', 'Otter: resolved', 'Otter: again']);
    await send({ ...opened, id: 'n_5', subject: 'finding-18' });
    expect(jira.issues).toHaveLength(2);
  });

  it('a delivery whose answer got lost changes nothing when it is made again', async () => {
    for (const [news, path] of [
      [opened, /issue$/],
      [changed, /comment$/],
      [resolved, /comment$/],
      [reopened, /transitions$/],
    ] as const) {
      jira.loseAnswerTo(path);
      expect(await send(news, ways)).toMatchObject({ outcome: 'retry' });
      jira.loseAnswerTo(undefined);
      for (let i = 0; i < 2; i++) expect(await send(news, ways)).toMatchObject({ outcome: 'sent' });
    }
    expect(jira.issues.map(({ status, comments }) => [status, comments.length])).toEqual([['Reopened', 3]]);
  });

  it('without states of its own an issue stays where people put it; what was never told is not told when it ends', async () => {
    await send(resolved);
    expect(jira.issues).toEqual([]);
    await send(opened);
    await send(resolved);
    expect(jira.issues[0]).toMatchObject({ status: 'To Do', comments: [{}] });
    await send({ ...reopened }, { reopened_status: 'Nowhere' });
    expect(jira.issues[0]).toMatchObject({ status: 'To Do', comments: [{}, {}] });
  });

  it('a test looks for the project and writes nothing; a wrong token is refused and not repeated', async () => {
    const { checks } = await send(resolved);
    expect(checks[1]).toEqual({ name: 'Reachable', outcome: 'ok', found: 'the project SEC is there', remedy: '' });
    const wrong = await send(opened, { token: 'wrong-77c1' });
    expect(wrong).toMatchObject({ outcome: 'refused' });
    expect(wrong.checks[1]).toMatchObject({ outcome: 'failed' });
    expect(JSON.stringify(wrong)).not.toContain('wrong-77c1');
    expect(jira.issues).toEqual([]);
  });

  it(
    'A9 texts from logs are text of one issue, no markup, mention or link',
    () => {
      for (const [title, text] of hostileTexts(strings)) {
        const notice = { ...aNotice, title, text };
        const message = messageOf(notice, {});
        const read = paragraphs(JSON.parse(JSON.stringify(jiraText(notice, message))));
        const expected = [
          message.headline,
          ...linesOf(message).map(([label, line]) => `${label}: ${line}`),
          `Notice ${aNotice.id}`,
        ];
        if (read.join('\n') !== expected.join('\n')) expect(read).toEqual(expected);
      }
    },
    patience,
  );
});
