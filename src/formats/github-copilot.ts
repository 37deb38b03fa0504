import { type Format, type Outcome, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText, objectsOf } from './common/caseless.js';
import { combine } from './common/json-records.js';
import { type Fields, objectFields, recordFormat } from './common/record-format.js';

// Seats: docs.github.com/rest/copilot/copilot-user-management (a page, a seat, or the activity report's CSV); audit log:
// docs.github.com/organizations/.../audit-log-events-for-your-organization, category `copilot`.

/** A seat proves use when its holder was active. */
function seat(fields: Fields, before: number): Outcome {
  const last = fields.text('last_activity_at', 'Last Activity At');
  const time = last === undefined || /^none$/i.test(last) ? undefined : parseTime(last, 'UTC', before);
  if (time === undefined) return skip('a seat that was never used');
  return {
    kind: 'activity',
    action: 'allowed',
    time,
    user: fields.text('assignee.login', 'Login'),
    user_agent: fields.text('last_activity_editor', 'Last Surface Used'),
  };
}

function audit(fields: Fields, before: number): Outcome {
  const action = fields.text('action')?.toLowerCase() ?? '';
  if (!action.startsWith('copilot')) return skip('not about Copilot');
  if (/(?:cancel|unassign|removed|revoked|deleted)/.test(action)) return skip('a seat or right was taken away');
  const stamp = fields.text('@timestamp', 'created_at', 'timestamp');
  return {
    kind: 'activity',
    action: 'allowed',
    time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', before),
    // Of a seat the holder, else who did it.
    user: fields.text('user', 'actor', 'user_login'),
    src_ip: fields.text('actor_ip'),
    user_agent: fields.text('user_agent'),
    event_id: fields.text('_document_id'),
  };
}

/** GitHub Copilot: seats with their last activity, and what the audit log says of Copilot. */
export const format: Format = recordFormat({
  title: 'GitHub Copilot (seats, audit log)',
  kinds: ['activity'],
  what: 'GitHub audit records or Copilot seats',
  mine: (record) =>
    (Array.isArray(caselessAt(record, 'seats')) && caselessAt(record, 'total_seats') !== undefined) ||
    caselessText(record, 'assignee.login') !== undefined ||
    (/^[a-z0-9_]{2,60}\.[a-z0-9_.]{2,80}$/.test(caselessText(record, 'action') ?? '') &&
      (caselessAt(record, '@timestamp') !== undefined || caselessAt(record, '_document_id') !== undefined) &&
      ['actor', 'org', 'business', 'user'].some((key) => caselessText(record, key) !== undefined)),
  header: (columns) => columns.has('Login') && columns.has('Last Activity At'),
  read(fields, { modified }) {
    if (Array.isArray(fields.value('seats'))) {
      const seats = objectsOf(fields.value('seats'));
      return seats.length === 0
        ? skip('no record in it')
        : combine(seats.map((item) => seat(objectFields(item), modified)));
    }
    return fields.text('assignee.login', 'Login') === undefined ? audit(fields, modified) : seat(fields, modified);
  },
});
