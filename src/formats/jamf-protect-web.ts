import type { Action, EventDraft } from '../core/event.js';
import { type Format, type Outcome, skip } from '../core/format.js';
import { whole } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

function actionOf(word: string | undefined, isBlocked: boolean | undefined): Action {
  if (isBlocked !== undefined) return isBlocked ? 'blocked' : 'allowed';
  if (/^(?:block|den|drop|prevent)/i.test(word ?? '')) return 'blocked';
  return /^(?:allow|detect|report|monitor|permit|log|dns lookup)/i.test(word ?? '') ? 'allowed' : 'unknown';
}

/**
 * Jamf Security Cloud (Jamf Protect's web part, formerly Wandera): the Threat Events Stream and the Network Traffic Stream as JSON.
 * Fields: learn.jamf.com, "Threat Events Stream" and "Network Traffic Stream", schema 1.0: everything stands under `event`, with
 * device, user, destination (name, ip, port), source and action.
 */
export const format: Format = recordFormat({
  title: 'Jamf Protect web (threat events, network traffic)',
  kinds: ['web', 'dns'],
  what: 'events of the Jamf Security Cloud streams',
  mine: (record) =>
    /^(?:jamf|wandera)/i.test(caselessText(record, 'event.metadata.vendor', 'metadata.vendor') ?? '') &&
    (caselessAt(record, 'event.metadata.product') ?? caselessAt(record, 'metadata.product')) !== undefined,
  read(fields, { modified }): Outcome {
    const get = (...names: readonly string[]) =>
      names.map((name) => fields.text(`event.${name}`, name)).find((text) => text !== undefined);
    const target = get('destination.name', 'destination.domain', 'domain', 'hostName');
    const address = get('destination.ip', 'destinationIp');
    const stamp = get('timestamp', 'receiptTime', 'receiptTimestamp');
    if (target === undefined && address === undefined) return skip('an event without a destination');
    const common: Omit<EventDraft, 'kind' | 'action'> = {
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: get('user.email', 'user.name', 'userEmail'),
      device: get('device.userDeviceName', 'device.deviceName', 'device.deviceId', 'deviceId'),
      src_ip: get('source.ip', 'sourceIp', 'srcIp'),
      dst_ip: address,
      host: target,
      port: whole(get('destination.port')),
      event_id: get('alertId', 'eventId'),
    };
    const blocked = fields.flag('event.isBlocked', 'isBlocked', 'event.blocked', 'blocked');
    const action = actionOf(get('action', 'eventType.name'), blocked);
    const isDns = caselessAt(fields.value('event'), 'dns') !== undefined || /dns/i.test(get('eventType.name') ?? '');
    return isDns ? { ...common, kind: 'dns', action } : { ...common, kind: 'web', action };
  },
});
