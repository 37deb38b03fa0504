import { z } from 'zod';
import type { Channel } from './common/channel.js';
import { encryption, hostOf, reach, secretUrl, timeoutOption } from './common/http-check.js';
import { postJson } from './common/http-outcome.js';
import { linesOf, type Message, messageFor, messageOptions } from './common/message.js';

const options = z.strictObject({
  url: secretUrl('Where a workflow of Teams takes webhook requests: whoever has it can post.'),
  ...messageOptions,
  timeout: timeoutOption,
});
type Options = z.output<typeof options>;

/** Posts into a channel or chat of Microsoft Teams by the workflow "When a Teams webhook request is received". */
export const channel: Channel<Options> = {
  title: 'Microsoft Teams',
  options,
  whereTo: ({ url }) => hostOf(url),
  send: (notice, { url, timeout, ask_url: askUrl }, context) =>
    postJson({ url, timeout }, teamsMessage(messageFor(notice, context, askUrl)), context),
  test: async (written, context) => [encryption(written.url), await reach(written, context)],
};

/**
 * An Adaptive Card 1.4 (https://adaptivecards.io/explorer/AdaptiveCard.html). All text stands in runs of a RichTextBlock, which are no
 * Markdown as those of a TextBlock or a FactSet are; the only link is a button, and nobody is mentioned, as no entity names one.
 */
export function teamsMessage(message: Message): Record<string, unknown> {
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block([{ ...run(message.headline), weight: 'Bolder', size: 'Medium' }]),
      ...linesOf({ ...message, link: undefined }).map(([label, text]) =>
        block([{ ...run(`${label}: `), weight: 'Bolder' }, run(text)]),
      ),
    ],
    ...(message.link !== undefined && { actions: [{ type: 'Action.OpenUrl', title: 'Evidence', url: message.link }] }),
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
  return { type: 'message', attachments: [attachment] };
}

const block = (inlines: readonly Record<string, unknown>[]) => ({ type: 'RichTextBlock', inlines });
const run = (text: string) => ({ type: 'TextRun', text: escaped(text) });

// Cards replace {{DATE(...)}} and {{TIME(...)}} wherever they stand: a joiner that is not seen keeps the braces apart.
const escaped = (text: string): string => text.replace(/\{(?=\{)/g, '{\u2060');
