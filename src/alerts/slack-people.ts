import { z } from 'zod';
import type { Check } from '../core/check.js';
import type { Notice } from '../core/notice.js';
import type { Channel, Delivery } from './common/channel.js';
import { encryption, hostOf, isPlainHttp, timeoutOption, urlWords } from './common/http-check.js';
import { personalWords } from './common/personal-words.js';
import { plainMessage, plainSection } from './common/slack-text.js';
import { type Ask, inSteps, reachable, refuse, retryLater } from './common/steps.js';

const options = z.strictObject({
  token: z
    .string()
    .regex(/^xoxb-[\w-]{10,500}$/, 'Write the bot token of the Slack app: xoxb-...')
    .describe('Bot token of a Slack app with the scopes users:read.email and chat:write.'),
  url: z
    .string()
    .max(500)
    .refine(isPlainHttp, urlWords)
    .default('https://slack.com/api')
    .describe('Where the methods of the Slack Web API are.'),
  timeout: timeoutOption,
});
type Options = z.output<typeof options>;

const answer = z.object({ ok: z.boolean(), error: z.string().max(200).optional() });
const found = answer.extend({ user: z.object({ id: z.string().regex(/^[UW][A-Z0-9]{2,30}$/) }).optional() });

/**
 * Writes to one person by a Slack app, found by the address of the people directory: users.lookupByEmail, then chat.postMessage to the id
 * (https://docs.slack.dev/reference/methods). Both answer 200 with `ok: false` and the name of an error, or 429 with `Retry-After`.
 */
export const channel: Channel<Options> = {
  title: 'Slack, one person',
  options,
  people: 'alone',
  whereTo: ({ url }) => `single people at ${hostOf(url)}`,
  send: async (notice, written, context): Promise<Delivery> => {
    const { to } = context;
    if (to === undefined || to === '')
      return { outcome: 'refused', why: 'It writes to single people alone: write notices: [] for this channel.' };
    const sent = { begun: false };
    const delivery = await inSteps(sideOf(written), context, (ask) => tell(ask, notice, to, sent));
    // Slack knows no id by which it would see the same message again, and a hint never comes twice.
    return delivery.outcome === 'retry' && sent.begun && delivery.afterSeconds === undefined
      ? { outcome: 'refused', why: `${delivery.why} It may have arrived, and is not sent twice.` }
      : delivery;
  },
  test: async (written, context): Promise<Check[]> => {
    const delivery = await inSteps(sideOf(written), context, async (ask) => {
      checked(answer, await ask('GET', '/auth.test'));
    });
    return [encryption(written.url), reachable(delivery, `${hostOf(written.url)} takes the token`)];
  },
};

const sideOf = ({ url, token, timeout }: Options) => ({ url, timeout, headers: { authorization: `Bearer ${token}` } });

async function tell(ask: Ask, notice: Notice, to: string, sent: { begun: boolean }): Promise<void> {
  const { user } = checked(found, await ask('GET', `/users.lookupByEmail?email=${encodeURIComponent(to)}`));
  if (user === undefined) return refuse(unusual);
  const { headline, paragraphs } = personalWords(notice);
  sent.begun = true;
  checked(
    answer,
    await ask('POST', '/chat.postMessage', {
      channel: user.id,
      ...plainMessage(headline),
      blocks: [headline, ...paragraphs].map(plainSection),
    }),
  );
}

const unusual = 'Slack: its answer is not that of the Web API: check the URL.';

/** The answer, where it is a good one. Of what Slack says only errors that are known are repeated. */
function checked<T extends z.infer<typeof answer>>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (!parsed.success) return refuse(unusual);
  const { ok, error = '' } = parsed.data;
  if (ok) return parsed.data;
  if (passing.has(error)) return retryLater(`Slack: ${error}.`, error.startsWith('rate') ? 60 : undefined);
  return refuse(`Slack: ${remedies[error] ?? 'it refuses; its error is none that is known here'}.`);
}

const passing: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);
const login = 'it does not let Halflight in: check the bot token';
const remedies: Readonly<Record<string, string>> = {
  users_not_found: 'it knows nobody with the address of this person',
  user_disabled: 'the account of this person is switched off',
  channel_not_found: 'it has no way to write to this person',
  missing_scope: 'the app lacks a scope: users:read.email and chat:write',
  not_authed: login,
  invalid_auth: login,
  account_inactive: login,
  token_revoked: login,
  token_expired: login,
};
