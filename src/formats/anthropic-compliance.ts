import { type Format, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

/**
 * Activities of Anthropic's Compliance API: each record is an act of a member, or of a key, in the organisation's Claude.
 * Fields: support.claude.com, "Access the Compliance API"; actors are user_actor, api_actor, admin_api_key_actor,
 * unauthenticated_user_actor, anthropic_actor, scim_directory_sync_actor.
 */
export const format: Format = recordFormat({
  title: 'Anthropic compliance activities',
  kinds: ['activity'],
  what: 'activities of the Anthropic Compliance API',
  mine: (record) =>
    caselessAt(record, 'created_at') !== undefined &&
    caselessAt(record, 'type') !== undefined &&
    /_actor$/.test(caselessText(record, 'actor.type') ?? ''),
  read(fields, { modified }) {
    const actor = fields.text('actor.type');
    if (actor === 'anthropic_actor') return skip('an act of the vendor');
    if (actor === 'scim_directory_sync_actor') return skip('an act of the directory synchronisation');
    const stamp = fields.text('created_at');
    return {
      kind: 'activity',
      action: /_(?:failed|denied|blocked)$/i.test(fields.text('type') ?? '') ? 'blocked' : 'allowed',
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      // A key is nobody, and the address of somebody who did not sign in is only claimed.
      user: fields.text('actor.email_address', 'actor.user_id'),
      src_ip: fields.text('actor.ip_address'),
      user_agent: fields.text('actor.user_agent'),
      event_id: fields.text('id'),
    };
  },
});
