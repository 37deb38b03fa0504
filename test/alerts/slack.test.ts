import { describe, expect, it } from 'vitest';
import { linesOf, messageOf } from '../../src/alerts/common/message.js';
import { channel, slackMessage } from '../../src/alerts/slack.js';
import { aNotice, httpChannelContract } from '../contracts/channel.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

interface Block {
  type: string;
  text: { type: string; text: string; emoji?: boolean };
}

/** What Slack makes of a text: outside `plain_text`, `<...>` is a link or a mention. */
const shown = (text: string): string =>
  text.replace(/&(amp|lt|gt);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '');

describe('slack', () => {
  httpChannelContract({
    channel,
    options: (url) => ({ url: `${url}/services/T0/B0/secret-5f2a`, timeout: 1 }),
    secrets: ['secret-5f2a'],
    believes: ({ body }) => (JSON.parse(body) as { blocks: Block[] }).blocks[0]?.text.text === aNotice.title,
    taken: { status: 200, body: 'ok' },
  });

  it('the channel reads what happened, why, who in numbers, where the evidence is and how to get a yes', () => {
    const notice = { ...aNotice, details: { finding: 'otter/personal', people: 12, events: 340 } };
    const message = messageOf(notice, {
      publicUrl: 'https://halflight.acme.example/',
      askUrl: 'https://ask.acme.example',
    });
    expect((slackMessage(message).blocks as Block[]).map(({ text }) => text.text)).toEqual([
      'Otter is used and not registered',
      'Why: 12 people in 3 groups use Otter. Register it, or decide against it.',
      'Who: 12 people, 340 events',
      '<https://halflight.acme.example/v1/findings/otter%2Fpersonal|Evidence>',
      'The way to yes: Register it in the inventory with an owner and have it approved; the finding ends by itself. ' +
        'Ask for it: https://ask.acme.example/',
    ]);
  });

  it(
    'A9 texts from logs mention nobody, link nowhere and stay as they are',
    () => {
      for (const [title, text] of hostileTexts(strings)) {
        const message = messageOf({ ...aNotice, title, text }, { publicUrl: 'https://halflight.acme.example' });
        const written = JSON.parse(JSON.stringify(slackMessage(message))) as { text: string; blocks: Block[] };
        const [headline, why] = written.blocks.filter((block) => block.text.type === 'plain_text');
        if (/[<>]/.test(written.text + (headline?.text.text ?? '') + (why?.text.text ?? ''))) expect.fail(written.text);
        if (shown(headline?.text.text ?? '') !== message.headline)
          expect(shown(headline?.text.text ?? '')).toBe(message.headline);
        if (message.why !== '' && shown(why?.text.text ?? '') !== `Why: ${message.why}`)
          expect(shown(why?.text.text ?? '')).toBe(`Why: ${message.why}`);
        if (
          written.blocks.length !== 1 + linesOf(message).length ||
          written.blocks.some((block) => block.text.text.length > 3000)
        )
          expect.fail('blocks');
      }
    },
    patience,
  );
});
