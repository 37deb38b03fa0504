import type { Action, EventDraft } from '../core/event.js';
import { type Format, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

/**
 * Event types that are sign-ins: 5 to OneLogin, 6 the same and failed, 8 to an app, 90 to an app that was denied.
 * Source: developers.onelogin.com/api-docs/1/events/event-types.
 */
const signIns: Readonly<Record<string, Action>> = { 5: 'allowed', 6: 'blocked', 8: 'allowed', 90: 'blocked' };

/** OneLogin events, as the Events API, event webhooks and file exports give them. */
export const format: Format = recordFormat({
  title: 'OneLogin events',
  kinds: ['signin'],
  what: 'OneLogin events',
  mine: (record) =>
    caselessAt(record, 'event_type_id') !== undefined &&
    ['user_id', 'user_name', 'actor_user_id', 'account_id', 'ipaddr', 'notes'].some(
      (key) => caselessAt(record, key) !== undefined,
    ),
  header: (columns) => columns.has('event_type_id') && columns.has('user_name', 'user_id'),
  read(fields, { modified }) {
    const type = fields.text('event_type_id') ?? '';
    const action = Object.hasOwn(signIns, type) ? signIns[type] : undefined;
    if (action === undefined) return skip('not a sign-in');
    const stamp = fields.text('event_timestamp', 'created_at', 'timestamp');
    const event: EventDraft = {
      kind: 'signin',
      action,
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text('user_email', 'user_name', 'actor_user_name', 'user_id'),
      src_ip: fields.text('ipaddr', 'actor_ip'),
      user_agent: fields.text('user_agent', 'browser_user_agent'),
      app: fields.text('app_name'),
      app_id: fields.text('app_id'),
      event_id: fields.text('uuid', 'id'),
    };
    return event;
  },
});
