import { describe, expect, it } from 'vitest';
import { linesOf, messageOf } from '../../src/alerts/common/message.js';
import { channel, teamsMessage } from '../../src/alerts/teams.js';
import { aNotice, httpChannelContract } from '../contracts/channel.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

interface Card {
  type: string;
  version: string;
  body: { type: string; inlines: { type: string; text: string }[] }[];
  actions?: { type: string; url: string }[];
}

/** The card of a message, if it is what Teams takes: one attachment, and nothing in it that reads Markdown or mentions somebody. */
function cardOf(body: string): Card {
  const { type, attachments } = JSON.parse(body) as {
    type: string;
    attachments: { contentType: string; content: Card }[];
  };
  const card = attachments[0]?.content;
  if (type !== 'message' || attachments.length !== 1 || card === undefined) throw new Error('no message');
  if (attachments[0]?.contentType !== 'application/vnd.microsoft.card.adaptive' || card.type !== 'AdaptiveCard')
    throw new Error('no card');
  if (Object.keys(card).some((key) => !['$schema', 'type', 'version', 'body', 'actions'].includes(key)))
    throw new Error('more');
  for (const { type: kind, inlines } of card.body) {
    if (kind !== 'RichTextBlock') throw new Error(`${kind} reads Markdown`);
    for (const { type: inline, text } of inlines) {
      if (inline !== 'TextRun' || text === '' || text.includes('{{'))
        throw new Error(`no plain text: ${inline} ${text}`);
    }
  }
  return card;
}
const shown = (card: Card): string[] =>
  card.body.map(({ inlines }) => inlines.map(({ text }) => text.replaceAll('\u2060', '')).join(''));

describe('teams', () => {
  httpChannelContract({
    channel,
    options: (url) => ({ url: `${url}/workflows/secret-5f2a?sig=secret-77c1`, timeout: 1 }),
    secrets: ['secret-5f2a', 'secret-77c1'],
    believes: ({ body }) => shown(cardOf(body))[0] === aNotice.title,
    taken: { status: 202, body: '' },
  });

  it('the chat reads what happened, why, who in numbers and how to get a yes, with a button to the evidence', () => {
    const notice = { ...aNotice, details: { finding: 'otter/personal', people: 12 } };
    const card = cardOf(
      JSON.stringify(teamsMessage(messageOf(notice, { publicUrl: 'https://halflight.acme.example' }))),
    );
    expect(shown(card)).toEqual([
      'Otter is used and not registered',
      'Why: 12 people in 3 groups use Otter. Register it, or decide against it.',
      'Who: 12 people',
      'The way to yes: Register it in the inventory with an owner and have it approved; the finding ends by itself.',
    ]);
    const url = 'https://halflight.acme.example/v1/findings/otter%2Fpersonal';
    expect(card.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Evidence', url }]);
  });

  it(
    'A9 texts from logs are no Markdown, template, mention or link, and stay as they are',
    () => {
      for (const [title, text] of hostileTexts(strings)) {
        const message = messageOf({ ...aNotice, title, text }, {});
        const body = JSON.stringify(teamsMessage(message));
        const read = shown(cardOf(body));
        const expected = [message.headline, ...linesOf(message).map(([label, line]) => `${label}: ${line}`)];
        if (read.join('\n') !== expected.join('\n')) expect(read).toEqual(expected);
        if (Buffer.byteLength(body) > 28_000) expect.fail('Teams takes no more than 28 KB');
      }
    },
    patience,
  );
});
