import { z } from 'zod';
import type { Notice } from '../core/notice.js';
import type { Channel } from './common/channel.js';
import { encryption, hostOf, isPlainHttp, reach, timeoutOption, urlWords } from './common/http-check.js';
import { postJson } from './common/http-outcome.js';
import { keyOf, type Message, messageOf, messageOptions, stageOf } from './common/message.js';
import { plainLine } from './common/plain.js';

const options = z.strictObject({
  routing_key: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/, 'Write the integration key of the service or orchestration: 32 letters and digits.')
    .describe('Integration key of an Events API v2 integration.'),
  url: z
    .string()
    .max(500)
    .refine(isPlainHttp, urlWords)
    .default('https://events.pagerduty.com/v2/enqueue')
    .describe('Where events are taken; https://events.eu.pagerduty.com/v2/enqueue for accounts in the EU.'),
  ...messageOptions,
  timeout: timeoutOption,
});
type Options = z.output<typeof options>;

/** Opens, acknowledges and resolves alerts of PagerDuty by its Events API v2 (https://developer.pagerduty.com/docs/events-api-v2-overview). */
export const channel: Channel<Options> = {
  title: 'PagerDuty',
  options,
  whereTo: ({ url }) => hostOf(url),
  send: (notice, { url, timeout, routing_key: routingKey, ask_url: askUrl }, context) => {
    const message = messageOf(notice, { publicUrl: context.publicUrl, askUrl });
    return postJson({ url, timeout }, { routing_key: routingKey, ...pagerDutyEvent(notice, message) }, context);
  },
  test: async (written, context) => [encryption(written.url), await reach(written, context)],
};

const severities = { info: 'info', warning: 'warning', high: 'critical' } as const;

/**
 * All news of one finding or source are about one alert: it begins or goes on, is taken note of when a decision calmed it, and ends.
 * PagerDuty shows these fields as text.
 */
export function pagerDutyEvent(notice: Notice, message: Message): Record<string, unknown> {
  const stage = stageOf(notice);
  const about = {
    event_action: { begins: 'trigger', 'goes-on': 'trigger', calmed: 'acknowledge', ends: 'resolve' }[stage],
    dedup_key: keyOf(notice),
  };
  if (about.event_action !== 'trigger') return about;
  const { service, verdict } = notice.details;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? plainLine(value, 200) : undefined);
  return {
    ...about,
    client: 'Halflight',
    ...(message.link !== undefined && { client_url: message.link, links: [{ href: message.link, text: 'Evidence' }] }),
    payload: {
      summary: message.headline,
      source: 'Halflight',
      severity: severities[notice.severity],
      timestamp: new Date(notice.at).toISOString(),
      component: text(service),
      class: plainLine(notice.kind, 63),
      custom_details: {
        why: message.why,
        who: message.who,
        way_to_yes: message.yes,
        verdict: text(verdict),
        notice: plainLine(notice.id, 200),
      },
    },
  };
}
