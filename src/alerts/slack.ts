import { z } from 'zod';
import type { Channel } from './common/channel.js';
import { encryption, hostOf, reach, secretUrl, timeoutOption } from './common/http-check.js';
import { postJson } from './common/http-outcome.js';
import { linesOf, type Message, messageOf, messageOptions } from './common/message.js';

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
    postJson(
      { url, timeout },
      slackMessage(messageOf(notice, { publicUrl: context.publicUrl, acknowledgeUrl: context.acknowledgeUrl, askUrl })),
      context,
    ),
  test: async (written, context) => [encryption(written.url), await reach(written, context)],
};

/**
 * Every text from outside stands in a `plain_text` object, where Slack reads neither markup nor mentions; and is escaped all the
 * same, for the line of notifications. Nothing is linked but our own link.
 */
export function slackMessage(message: Message): Record<string, unknown> {
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'plain_text', text: escaped(text), emoji: false },
  });
  const link = (label: string, url: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: `<${escaped(url).replaceAll('|', '%7C')}|${label}>`, verbatim: true },
  });
  return {
    text: escaped(message.headline),
    mrkdwn: false,
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      section(message.headline),
      ...linesOf(message).map(([label, text]) =>
        text === message.link ? link(label, text) : section(`${label}: ${text}`),
      ),
    ],
  };
}

/** The three characters that mean something to Slack (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
