import type { Delivery } from '../alerts/common/channel.js';
import { acknowledgeToken, linkLifetime } from '../core/acknowledge-link.js';
import { faultPoint } from '../core/fault.js';
import type { Notice } from '../core/notice.js';
import type { OutboxItem } from '../store/outbox.js';
import type { ServiceContext } from './context.js';
import { type Addressed, addressNudge, nudgeKind } from './nudges/send.js';
import { carriedReport } from './reports/carried.js';
import type { ChannelSetup } from './setup.js';

/** What became of a delivery; `later` and `dropped`: the channel was not asked. `later` without a time: something went wrong here. */
export type Sent = Delivery | { outcome: 'later'; why: string; at?: number } | { outcome: 'dropped'; why: string };

/** Sends one notice to its channel. What goes wrong is an outcome: no notice ends the work on the others. */
export async function sendNotice(
  context: ServiceContext,
  setup: ChannelSetup,
  { notice }: OutboxItem,
  signal: AbortSignal,
): Promise<Sent> {
  let addressed: Addressed | undefined;
  try {
    addressed = notice.kind === nudgeKind ? await addressNudge(context, notice) : undefined;
  } catch (error) {
    return { outcome: 'later', why: reasonOf(error) };
  }
  if (addressed !== undefined && 'drop' in addressed) return { outcome: 'dropped', why: addressed.drop };
  if (addressed !== undefined && 'later' in addressed)
    return { outcome: 'later', why: 'not at this hour', at: addressed.later };
  await faultPoint('send.before');
  const outcome = await hand(context, setup, notice, addressed?.to, signal);
  await faultPoint('send.after');
  // What a mail server says may quote the address.
  if (addressed !== undefined && outcome.outcome !== 'sent')
    outcome.why = outcome.why.replace(/[^\s<>"'():;,]+@[^\s<>"'():;,]+/g, 'the address');
  return outcome;
}

async function hand(
  context: ServiceContext,
  { kind, options }: ChannelSetup,
  notice: Notice,
  to: string | undefined,
  signal: AbortSignal,
): Promise<Delivery> {
  const channel = context.channels.get(kind);
  if (channel === undefined) return { outcome: 'refused', why: 'there is no such kind of channel' };
  try {
    return await channel.send(notice, options, {
      egress: context.egress(),
      publicUrl: context.setup().publicUrl,
      acknowledgeUrl: acknowledgeUrl(context, notice),
      report: notice.kind === 'report.ready' ? () => carriedReport(context, notice) : undefined,
      now: context.now,
      signal,
      to,
    });
  } catch (error) {
    return { outcome: 'retry', why: reasonOf(error) };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const acknowledgeable: ReadonlySet<string> = new Set(['alert.opened', 'alert.reminded', 'alert.escalated']);

/** Where the alert of a message, or all that it tells together, are acknowledged. The same message has the same link however often it is sent. */
export function acknowledgeUrl(
  { setup, acknowledgeKey }: Pick<ServiceContext, 'setup' | 'acknowledgeKey'>,
  { kind, at, subject, details: { alert, times, rule } }: Notice,
): string | undefined {
  const { publicUrl } = setup();
  if (publicUrl === undefined || acknowledgeKey === undefined || !acknowledgeable.has(kind)) return undefined;
  const target = typeof alert === 'string' ? { alert, times: Number(times) } : { rule: String(rule), thread: subject };
  const token = acknowledgeToken(acknowledgeKey, target, at + linkLifetime);
  return token === undefined ? undefined : `${publicUrl.replace(/\/+$/, '')}/ack/${token}`;
}
