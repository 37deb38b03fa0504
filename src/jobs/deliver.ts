import type { Delivery } from '../alerts/common/channel.js';
import { appendAudit } from '../store/audit.js';
import {
  forgetDelivery,
  gatherDeliveries,
  giveBackDeliveries,
  nextDelivery,
  type OutboxItem,
  refuseDeliveries,
  settleDelivery,
  takeDeliveries,
  waitingChannels,
} from '../store/outbox.js';
import type { ServiceContext } from './context.js';
import { awayAfter, type Lane } from './lanes.js';
import { nudgeKind } from './nudges/send.js';
import { type Sent, sendNotice } from './send-notice.js';
import { Settler } from './settler.js';
import type { ChannelSetup } from './setup.js';

/** Waits between tries: from some seconds up to an hour, doubling, with up to half of it by chance so that not all come at once. */
const firstWait = 5000;
const longestWait = 3_600_000;
/** A channel whose other side is away is tried this often at least, so that it is soon known to be back. */
const longestAway = 300_000;
/** No other side may ask for more. */
const longestAsked = 3_600_000;
const atOnce = 50;
const refusedAtOnce = 500;

/**
 * Delivers what is due in the outbox: the job behind the bell `deliver`. Each channel is a lane of its own. A delivery whose outcome was
 * not kept is made again with the same id, by which the receiver knows it.
 *
 * Order: what is about one subject arrives in its order, always. A whole channel is in order too as long as its other side takes what it
 * is sent, and across the times that it is away: where it does not answer, or says that it takes nothing now, what comes behind waits. A
 * notice that fails for a reason of its own, or again and again, is passed by others until its next try.
 */
export async function deliver(context: ServiceContext, signal: AbortSignal): Promise<void> {
  const ids = await waitingChannels(context.db);
  const lanes = ids.map((id) => context.lanes.run(id, (lane) => work(context, id, lane, signal)));
  // All of them to their end, also where one fails.
  for (const outcome of await Promise.allSettled(lanes)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** The channel as the configuration of now has it; undefined: no longer. */
const channelOf = ({ setup, channels }: ServiceContext, id: string): ChannelSetup | undefined =>
  setup().channels.find((channel) => channel.id === id && channels.has(channel.kind));

/** Delivers what is due on a channel, until nothing is. */
async function work(context: ServiceContext, id: string, lane: Lane, signal: AbortSignal): Promise<void> {
  const { db, now, inWork } = context;
  while (!signal.aborted) {
    const setup = channelOf(context, id);
    if (setup === undefined) return refuseAll(context, id, signal);
    // Nobody here knows how it was before: what failed is tried first, so that the order is kept across a restart.
    if (lane.use(setup)) await gatherDeliveries(db, id, now());
    if (lane.pausedUntil(now()) !== undefined) break;
    const items = await take(context, id, lane);
    if (items.length === 0) break;
    try {
      await sendInOrder(context, setup, lane, items, signal);
    } finally {
      inWork.endDeliveries(items.map((item) => item.id));
    }
  }
  const next = lane.pausedUntil(now()) ?? (await nextDelivery(db, id));
  // What is due and was not taken is in work elsewhere: the sweeper looks after it.
  if (next !== undefined && next > now())
    context.ring('deliver', `${id}-${next}`, { delay: Math.max(100, next - now()) });
}

async function refuseAll(
  { db, now, log, metrics }: ServiceContext,
  channel: string,
  signal: AbortSignal,
): Promise<void> {
  const why = 'the channel is no longer configured';
  let notices = 0;
  while (!signal.aborted) {
    const refused = await refuseDeliveries(db, channel, { why, now: now(), limit: refusedAtOnce, forget: nudgeKind });
    if (refused === 0) break;
    metrics.deliveries.inc({ channel, outcome: 'refused' }, refused);
    notices += refused;
  }
  if (notices > 0) log.error({ channel, notices, why }, 'notices are refused');
}

/** Where the other side is away: the oldest, and one that nobody tried, so that what can never be delivered does not hold up the rest. */
async function take({ db, now, instance, inWork }: ServiceContext, channel: string, lane: Lane): Promise<OutboxItem[]> {
  const ask = { channel, owner: instance(), now: now() };
  return inWork.takeDeliveries(async () => {
    if (!lane.away) return takeDeliveries(db, { ...ask, limit: atOnce });
    const oldest = await takeDeliveries(db, { ...ask, limit: 1 });
    if (!lane.wantsFresh()) return oldest;
    const fresh = await takeDeliveries(db, { ...ask, limit: 1, fresh: true });
    if (fresh.length > 0) lane.triedFresh();
    return [...oldest, ...fresh];
  });
}

async function sendInOrder(
  context: ServiceContext,
  setup: ChannelSetup,
  lane: Lane,
  items: readonly OutboxItem[],
  signal: AbortSignal,
): Promise<void> {
  const { db, now } = context;
  const owner = context.instance();
  const settler = new Settler(db, owner);
  const trying = lane.away;
  const [tried, behind] = [new Set<number>(), new Set<string>()];
  const isOver = (): boolean =>
    signal.aborted ||
    settler.broken ||
    (!trying && lane.pausedUntil(now()) !== undefined) ||
    channelOf(context, setup.id) !== setup;
  try {
    for (const item of items) {
      if (isOver()) break;
      if (behind.has(item.subject)) continue;
      tried.add(item.id);
      const sent = await sendNotice(context, setup, item, signal);
      note(context, item, sent);
      if (sent.outcome === 'sent' || sent.outcome === 'refused') {
        lane.answered();
        await end(context, settler, owner, item, sent);
        if (trying && sent.outcome === 'sent') {
          // It is back: from the oldest on, in order, also where that one was tried a moment too early.
          await gatherDeliveries(db, setup.id, now());
          break;
        }
      } else if (sent.outcome === 'dropped') await forgetDelivery(db, item.id, owner);
      else {
        behind.add(item.subject);
        if (sent.outcome === 'later') await later(context, owner, item, sent);
        else await putOff(context, lane, owner, item, sent);
        // Who asks for time gets no second try.
        if (sent.outcome === 'retry' && (sent.afterSeconds !== undefined || holdsUp(item, sent))) break;
      }
    }
  } finally {
    const untried = items.flatMap(({ id }) => (tried.has(id) ? [] : [id]));
    try {
      await settler.flush();
    } finally {
      if (untried.length > 0) await giveBackDeliveries(db, untried, owner);
    }
  }
}

function note({ log, metrics }: ServiceContext, { notice, channel }: OutboxItem, sent: Sent): void {
  const about = { notice: notice.id, kind: notice.kind, channel };
  if (sent.outcome === 'dropped') log.info({ ...about, why: sent.why }, 'a mail is not sent');
  if (sent.outcome === 'dropped' || sent.outcome === 'later') return;
  metrics.deliveries.inc({ channel, outcome: sent.outcome });
  if (sent.outcome === 'sent') log.info(about, 'delivered');
  else if (sent.outcome === 'refused') log.error({ ...about, why: sent.why }, 'the channel refuses this notice');
}

/** It was sent or refused. */
async function end(
  { db, now }: ServiceContext,
  settler: Settler,
  owner: string,
  { id, channel, notice }: OutboxItem,
  sent: Extract<Delivery, { outcome: 'sent' | 'refused' }>,
): Promise<void> {
  // Of a mail to a person only what the limits need is kept.
  if (notice.kind === nudgeKind) return forgetDelivery(db, id, owner);
  if (sent.outcome === 'sent' && notice.kind === 'report.ready') {
    // What ended before is before it in the audit log.
    await settler.flush();
    // To whom a report went. A delivery that is made again is in the log again: it was.
    await appendAudit(db, {
      at: now(),
      who: 'service',
      action: 'report.delivered',
      subject: String(notice.details.report),
      details: { channel, list: notice.details.list, period: notice.details.period },
    });
  }
  settler.add(id, { state: sent.outcome, why: sent.outcome === 'refused' ? sent.why : undefined, now: now() });
}

const waitAfter = (attempts: number): number =>
  Math.min(longestWait, firstWait * 2 ** Math.min(attempts - 1, 20)) * (0.5 + Math.random() / 2);

/** It waits for its hour, or for what went wrong here. The channel was not asked, and so it does not count for it. */
async function later(
  { db, now, log }: ServiceContext,
  owner: string,
  { id, notice, channel, attempts }: OutboxItem,
  { why, at }: Extract<Sent, { outcome: 'later' }>,
): Promise<void> {
  if (at === undefined)
    log.warn({ notice: notice.id, kind: notice.kind, channel, why }, 'a mail could not be addressed');
  // The outbox takes what is put off for longer for the work of a clock that went back.
  const nextAt = at === undefined ? now() + waitAfter(attempts) : Math.min(at, now() + longestWait);
  await settleDelivery(db, id, owner, { nextAt, why });
}

/** A notice holds up its channel the first times that its other side does not answer: the next one would be sent too soon, or in vain. */
const holdsUp = ({ attempts }: OutboxItem, { away }: Extract<Delivery, { outcome: 'retry' }>): boolean =>
  away === true && attempts < awayAfter;

/** A delivery that failed waits; where several in a row did, or the other side is away or asks for time, the whole channel does. */
async function putOff(
  { db, now, log }: ServiceContext,
  lane: Lane,
  owner: string,
  item: OutboxItem,
  outcome: Extract<Delivery, { outcome: 'retry' }>,
): Promise<void> {
  const { id, channel, notice, attempts } = item;
  const { why, afterSeconds } = outcome;
  const asked = Math.min(longestAsked, (afterSeconds ?? 0) * 1000);
  const wait = Math.round(Math.max(asked, waitAfter(attempts)));
  const about = { notice: notice.id, kind: notice.kind, channel };
  log.warn({ ...about, why, seconds: Math.round(wait / 1000) }, 'delivery is tried again');
  await settleDelivery(db, id, owner, { nextAt: now() + wait, why });
  // One that was tried more often may be what breaks the connection each time, and says nothing of the others.
  lane.failed(id, outcome.away === true && attempts <= awayAfter);
  const pause = Math.max(asked, lane.away ? Math.min(wait, longestAway) : holdsUp(item, outcome) ? wait : 0);
  if (pause === 0) return;
  lane.pause(now() + pause);
  await gatherDeliveries(db, channel, now() + pause);
}
