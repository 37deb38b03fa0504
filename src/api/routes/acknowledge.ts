import { z } from 'zod';
import { plainLine } from '../../alerts/common/plain.js';
import { readAcknowledgeToken } from '../../core/acknowledge-link.js';
import { type Acknowledged, acknowledgeLinked } from '../../store/alerts.js';
import type { Context } from '../deps.js';
import { none, route } from '../route.js';

// The link in a message about an alert. Scanners of mails follow links: looking changes nothing and says nothing about any alert, whatever
// the link is. Pressing the button takes note.

const params = z.strictObject({ token: z.string().max(200).describe('What the message brought.') });
const answer = z.string();
const html = 'text/html; charset=utf-8';
const formBytes = 2048;
const nameLength = 100;

const look = route({
  method: 'GET',
  path: '/ack/:token',
  policy: 'public',
  page: true,
  summary: 'A page with a button that acknowledges the alerts of a message; looking changes nothing.',
  schema: { params, query: none, answer, text: html },
  limits: { bodyBytes: 0, perMinute: 30 },
  handler: () =>
    page(
      `<p>Take note of what the message is about, one alert or all that it tells together: reminders end, and others see who has it.</p>${form}`,
    ),
});

const take = route({
  method: 'POST',
  path: '/ack/:token',
  policy: 'public',
  page: true,
  audit: 'alert.acknowledged',
  summary: 'Acknowledges what the link of a message is about. Twice is the same as once.',
  schema: { params, query: none, body: ['application/x-www-form-urlencoded'], answer, text: html },
  limits: { bodyBytes: formBytes, perMinute: 10 },
  handler: async ({ params: { token }, body }, context) => {
    const who = plainLine(new URLSearchParams(await textOf(body)).get('who') ?? '', nameLength);
    if (who === '') return page(`<p>Say who you are, so that others know who has it.</p>${form}`);
    return page(`<p>${said[await acknowledge(context, token, who)]}</p>`);
  },
});

const said: Readonly<Record<Acknowledged, string>> = {
  acknowledged: 'It is acknowledged. You can close this page.',
  already: 'Nothing was changed: somebody has it already, or it is over.',
  unknown: 'This link does not hold: it is not whole, has run out, or what it was about is over or no longer kept.',
};

async function acknowledge(
  { acknowledgeKey, db, now }: Pick<Context, 'acknowledgeKey' | 'db' | 'now'>,
  token: string,
  who: string,
): Promise<Acknowledged> {
  const target = acknowledgeKey === undefined ? undefined : readAcknowledgeToken(acknowledgeKey, token, now());
  if (target === undefined) return 'unknown';
  // What a link says of who it is nobody has checked: the name stands as such in the audit log.
  return acknowledgeLinked(db, target, {
    who: `link:${who}`,
    why: 'Taken by the link of a message; nobody checked the name.',
    at: now(),
  });
}

/** The form, of which never more than the limit comes in. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > formBytes) return '';
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const form = `<form method="post"><p><label>Your name <input name="who" required maxlength="${nameLength}" autocomplete="name"></label> <button>Acknowledge</button></p></form>`;

/** A page without script, style or anything from elsewhere. `content` is ours alone: nothing of a request or an alert is shown. */
const page = (content: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Halflight: acknowledge an alert</title></head><body><h1>Acknowledge an alert</h1>${content}</body></html>\n`;

export const acknowledgeRoutes = [look, take];
