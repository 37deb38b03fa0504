import { acknowledgeToken, linkLifetime } from '../core/acknowledge-link.js';
import { faultPoint } from '../core/fault.js';
import type { Notice } from '../core/notice.js';
import { appendAudit } from '../store/audit.js';
import { forgetDelivery, nextDelivery, type OutboxItem, takeDeliveries } from '../store/outbox.js';
import type { ServiceContext } from './context.js';
import { addressNudge, nudgeKind } from './nudges/send.js';
import { carriedReport } from './reports/carried.js';
import { Settler } from './settler.js';

/** Waits between tries: from some seconds up to an hour, doubling, with up to half of it by chance so that not all come at once. */
const firstWait = 5000;
const longestWait = 3_600_000;
const atOnce = 20;

/**
 * Delivers what is due in the outbox: the job behind the bell `deliver`. A delivery whose outcome was not kept is made again with
 * the same id, by which the receiver knows it.
 */
export async function deliver(context: ServiceContext, signal: AbortSignal): Promise<void> {
  await context.inWork.onDeliveries(async () => {
    const settler = new Settler(context.db, context.instance());
    while (!signal.aborted) {
      const items = await takeDeliveries(context.db, context.instance(), context.now(), atOnce);
      if (items.length === 0) break;
      // All of them to their end, also where one fails.
      const ended = await Promise.allSettled(items.map((item) => deliverOne(context, item, settler, signal)));
      for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
    }
  });
  const next = await nextDelivery(context.db, context.now());
  if (next !== undefined) context.ring('deliver', String(next), { delay: Math.max(100, next - context.now()) });
}

async function deliverOne(
  context: ServiceContext,
  item: OutboxItem,
  settler: Settler,
  signal: AbortSignal,
): Promise<void> {
  const { db, log, now, metrics } = context;
  const owner = context.instance();
  const setup = context.setup().channels.find(({ id }) => id === item.channel);
  const channel = setup === undefined ? undefined : context.channels.get(setup.kind);
  const about = { notice: item.notice.id, kind: item.notice.kind, channel: item.channel };
  if (setup === undefined || channel === undefined) {
    await settler.settle(item.id, { state: 'refused', why: 'the channel is no longer configured', now: now() });
    return;
  }
  const addressed = item.notice.kind === nudgeKind ? await addressNudge(context, item.notice) : undefined;
  if (addressed !== undefined && 'drop' in addressed) {
    log.info({ ...about, why: addressed.drop }, 'a mail is not sent');
    await forgetDelivery(db, item.id, owner);
    return;
  }
  if (addressed !== undefined && 'later' in addressed) {
    // The outbox takes what is put off for longer for the work of a clock that went back.
    const nextAt = Math.min(addressed.later, now() + longestWait);
    await settler.settle(item.id, { nextAt, why: 'not at this hour' });
    return;
  }
  await faultPoint('send.before');
  const outcome = await channel
    .send(item.notice, setup.options, {
      egress: context.egress(),
      publicUrl: context.setup().publicUrl,
      acknowledgeUrl: acknowledgeUrl(context, item.notice),
      report: item.notice.kind === 'report.ready' ? () => carriedReport(context, item.notice) : undefined,
      now,
      signal,
      to: addressed?.to,
    })
    .catch((error: unknown) => ({
      outcome: 'retry' as const,
      why: error instanceof Error ? error.message : String(error),
      afterSeconds: undefined,
    }));
  await faultPoint('send.after');
  metrics.deliveries.inc({ channel: item.channel, outcome: outcome.outcome });
  // What a mail server says may quote the address.
  if (addressed !== undefined && outcome.outcome !== 'sent')
    outcome.why = outcome.why.replace(/[^\s<>"'():;,]+@[^\s<>"'():;,]+/g, 'the address');
  if (outcome.outcome === 'retry') {
    const doubled = Math.min(longestWait, firstWait * 2 ** Math.min(item.attempts - 1, 20));
    const wait = Math.round(Math.max((outcome.afterSeconds ?? 0) * 1000, doubled * (0.5 + Math.random() / 2)));
    log.warn({ ...about, why: outcome.why, seconds: Math.round(wait / 1000) }, 'delivery is tried again');
    await settler.settle(item.id, { nextAt: now() + wait, why: outcome.why });
    return;
  }
  const why = outcome.outcome === 'refused' ? outcome.why : undefined;
  if (why === undefined) log.info(about, 'delivered');
  else log.error({ ...about, why }, 'the channel refuses this notice');
  if (why === undefined && item.notice.kind === 'report.ready') await noteDelivered(context, item);
  // Of a mail to a person only what the limits need is kept.
  if (addressed !== undefined) await forgetDelivery(db, item.id, owner);
  else await settler.settle(item.id, { state: outcome.outcome, why, now: now() });
}

const acknowledgeable: ReadonlySet<string> = new Set(['alert.opened', 'alert.reminded', 'alert.escalated']);

/** Where the one alert of a message is acknowledged. The same message has the same link however often it is sent. */
export function acknowledgeUrl(
  { setup, acknowledgeKey }: Pick<ServiceContext, 'setup' | 'acknowledgeKey'>,
  { kind, at, details: { alert } }: Notice,
): string | undefined {
  const { publicUrl } = setup();
  if (publicUrl === undefined || acknowledgeKey === undefined || typeof alert !== 'string') return undefined;
  const token = acknowledgeable.has(kind) ? acknowledgeToken(acknowledgeKey, alert, at + linkLifetime) : undefined;
  return token === undefined ? undefined : `${publicUrl.replace(/\/+$/, '')}/ack/${token}`;
}

/** To whom a report went is for the audit log. A delivery that is made again is in it again: it was. */
const noteDelivered = ({ db, now }: ServiceContext, { notice, channel }: OutboxItem): Promise<void> =>
  appendAudit(db, {
    at: now(),
    who: 'service',
    action: 'report.delivered',
    subject: String(notice.details.report),
    details: { channel, list: notice.details.list, period: notice.details.period },
  });
