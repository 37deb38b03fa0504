import { describe, expect, it } from 'vitest';
import { messageOf } from '../../src/alerts/common/message.js';
import { channel, pagerDutyEvent } from '../../src/alerts/pagerduty.js';
import { aNotice, httpChannelContract } from '../contracts/channel.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

const key = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

interface Sent {
  routing_key: string;
  event_action: string;
  dedup_key: string;
  payload: Record<string, unknown> & { summary: string; custom_details: Record<string, string> };
}

/** What the Events API v2 asks of an event. */
function isEvent(event: Sent): boolean {
  if (!['trigger', 'acknowledge', 'resolve'].includes(event.event_action) || !/^.{1,255}$/.test(event.dedup_key))
    return false;
  if (event.event_action !== 'trigger') return true;
  const { summary, source, severity, timestamp } = event.payload;
  return (
    /^.{1,1024}$/.test(summary) &&
    source === 'Halflight' &&
    ['critical', 'error', 'warning', 'info'].includes(String(severity)) &&
    !Number.isNaN(Date.parse(String(timestamp)))
  );
}
const eventOf = (kind: string, state?: string, more = {}): Sent => {
  const notice = { ...aNotice, kind, details: { ...aNotice.details, state }, ...more };
  return JSON.parse(JSON.stringify(pagerDutyEvent(notice, messageOf(notice, {})))) as Sent;
};

describe('pagerduty', () => {
  httpChannelContract({
    channel,
    options: (url) => ({ url, routing_key: key, timeout: 1 }),
    secrets: [key],
    idOf: ({ body }) => (JSON.parse(body) as Sent).dedup_key,
    believes: ({ body }) => {
      const event = JSON.parse(body) as Sent;
      return isEvent(event) && event.routing_key === key && event.payload.summary === aNotice.title;
    },
    taken: { status: 202, body: '{"status":"success"}' },
  });

  it.each([
    ['finding.opened', 'open', 'trigger'],
    ['finding.reopened', 'open', 'trigger'],
    ['finding.changed', 'open', 'trigger'],
    ['finding.changed', 'watched', 'acknowledge'],
    ['finding.resolved', 'resolved', 'resolve'],
    ['source.silent', undefined, 'trigger'],
    ['source.paused', undefined, 'trigger'],
    ['source.back', undefined, 'resolve'],
  ])('%s (%s) makes an alert %s, the same one all along', (kind, state, action) => {
    const event = eventOf(kind, state);
    expect(isEvent(event)).toBe(true);
    expect(event.event_action).toBe(action);
    expect(event.dedup_key).toBe(eventOf('finding.opened').dedup_key);
    expect(event.dedup_key).not.toBe(eventOf(kind, state, { subject: 'finding-18' }).dedup_key);
  });

  it('a key that is none is refused without being repeated', () => {
    const result = channel.options.safeParse({ routing_key: 'not-a-key-5f2a' });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).not.toContain('5f2a');
  });

  it(
    'A9 texts from logs are fields of one event, and read the same',
    () => {
      for (const [title, text] of hostileTexts(strings)) {
        const event = eventOf('finding.opened', 'open', { title, text, subject: title });
        const message = messageOf({ ...aNotice, title, text }, {});
        if (
          !isEvent(event) ||
          event.payload.summary !== message.headline ||
          event.payload.custom_details.why !== message.why
        )
          expect.fail(JSON.stringify([title, text, event]));
      }
    },
    patience,
  );
});
