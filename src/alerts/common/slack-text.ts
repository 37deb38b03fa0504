/** A section in which Slack reads neither markup nor mentions; the text is escaped all the same, for the line of notifications. */
export const plainSection = (text: string): Record<string, unknown> => ({
  type: 'section',
  text: { type: 'plain_text', text: escaped(text), emoji: false },
});

/** What a message says to Slack beside its blocks: its text is text, and nothing in it is looked up or shown ahead. */
export const plainMessage = (headline: string): Record<string, unknown> => ({
  text: escaped(headline),
  mrkdwn: false,
  parse: 'none',
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
});

/** The three characters that mean something to Slack (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
export const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
