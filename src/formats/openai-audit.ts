import type { Format } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

/**
 * OpenAI audit log of an organisation: each record is an act of a member, or of an API key, on the platform.
 * Fields: platform.openai.com/docs/api-reference/audit-logs/object.
 */
export const format: Format = recordFormat({
  title: 'OpenAI audit log',
  kinds: ['activity'],
  what: 'records of the OpenAI audit log',
  mine: (record) =>
    caselessAt(record, 'effective_at') !== undefined &&
    caselessAt(record, 'type') !== undefined &&
    (caselessAt(record, 'actor') !== undefined || caselessText(record, 'object') === 'organization.audit_log'),
  read(fields, { modified }) {
    const stamp = fields.text('effective_at');
    return {
      kind: 'activity',
      action: /failed$/i.test(fields.text('type') ?? '') ? 'blocked' : 'allowed',
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text(
        'actor.session.user.email',
        'actor.api_key.user.email',
        'actor.session.user.id',
        'actor.api_key.user.id',
      ),
      src_ip: fields.text('actor.session.ip_address'),
      user_agent: fields.text('actor.session.user_agent'),
      event_id: fields.text('id'),
    };
  },
});
