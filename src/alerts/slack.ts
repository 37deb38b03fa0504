import { z } from 'zod';
import type { Channel } from './common/channel.js';
import { encryption, hostOf, reach, secretUrl, timeoutOption } from './common/http-check.js';
import { postJson } from './common/http-outcome.js';
import { linesOf, type Message, messageFor, messageOptions } from './common/message.js';
import { escaped, plainMessage, plainSection } from './common/slack-text.js';

const options = z.strictObject({
  url: secretUrl('The incoming webhook of a Slack app, https://hooks.slack.com/services/...: whoever has it can post.'),
  ...messageOptions,
  timeout: timeoutOption,
});
type Options = z.output<typeof options>;

/** Posts into a Slack channel by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
export const channel: Channel<Options> = {
  title: 'Slack',
  options,
  whereTo: ({ url }) => hostOf(url),
  send: (notice, { url, timeout, ask_url: askUrl }, context) =>
    postJson({ url, timeout }, slackMessage(messageFor(notice, context, askUrl)), context),
  test: async (written, context) => [encryption(written.url), await reach(written, context)],
};

/**
 * Every text from outside stands in a `plain_text` object, where Slack reads neither markup nor mentions; and is escaped all the
 * same, for the line of notifications. Nothing is linked but our own link.
 */
export function slackMessage(message: Message): Record<string, unknown> {
  const link = (label: string, url: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: `<${escaped(url).replaceAll('|', '%7C')}|${label}>`, verbatim: true },
  });
  return {
    ...plainMessage(message.headline),
    blocks: [
      plainSection(message.headline),
      ...linesOf(message).map(([label, text]) =>
        text === message.link ? link(label, text) : plainSection(`${label}: ${text}`),
      ),
    ],
  };
}
