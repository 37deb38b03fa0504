import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Check } from '../core/check.js';
import type { Notice } from '../core/notice.js';
import type { Channel, Delivery } from './common/channel.js';
import { encryption, hostOf, isPlainHttp, reach, timeoutOption, urlWords } from './common/http-check.js';
import { deliver } from './common/http-outcome.js';

const secretForm = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

const options = z.strictObject({
  url: z.string().refine(isPlainHttp, urlWords).describe('Where notices are posted to.'),
  secret: z
    .string()
    .refine(isSecret, 'Write whsec_ and 24 to 64 random bytes in Base64: echo whsec_$(openssl rand -base64 32)')
    .optional()
    .describe('Signs every notice, so that the receiver can tell it from a forged one.'),
  timeout: timeoutOption,
});
type Options = z.output<typeof options>;

/**
 * Posts a notice as JSON, signed by Standard Webhooks 1.0 (https://www.standardwebhooks.com): the receiver verifies
 * `webhook-signature` over id, timestamp and body, and knows a repeated delivery by its `webhook-id`.
 */
export const channel: Channel<Options> = {
  title: 'Webhook',
  options,
  whereTo: ({ url }) => hostOf(url),
  send: (notice, { url, secret, timeout }, context): Promise<Delivery> => {
    const body = webhookBody(notice);
    const timestamp = String(Math.floor(context.now() / 1000));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Halflight',
      'webhook-id': notice.id,
      'webhook-timestamp': timestamp,
      ...(secret !== undefined && { 'webhook-signature': signature(secret, notice.id, timestamp, body) }),
    };
    return deliver({ url, method: 'POST', headers, body, timeoutMs: timeout * 1000 }, context);
  },
  test: async (written, context): Promise<Check[]> => [...looks(written), await reach(written, context)],
};

/** The shape that Standard Webhooks advises, as JSON: what, when, and the rest under `data`. */
export const webhookBody = ({ kind, at, ...data }: Notice): string =>
  JSON.stringify({ type: kind, timestamp: new Date(at).toISOString(), data });

function signature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function looks({ url, secret }: Options): Check[] {
  return [
    encryption(url),
    secret !== undefined
      ? { name: 'Signature', outcome: 'ok', found: 'notices are signed', remedy: '' }
      : {
          name: 'Signature',
          outcome: 'warning',
          found: 'no secret: the receiver cannot tell notices from forged ones',
          remedy: 'Set a secret here and at the receiver: echo whsec_$(openssl rand -base64 32)',
        },
  ];
}

function isSecret(text: string): boolean {
  const bytes = Buffer.from(secretForm.exec(text)?.[1] ?? '', 'base64').length;
  return bytes >= 24 && bytes <= 64;
}
