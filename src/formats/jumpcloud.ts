import type { Action } from '../core/event.js';
import { type Format, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

/** Sign-ins to an app, to the portals, to a machine and to a network. */
const signIns =
  /^(?:sso_auth|oidc_auth|user_login_attempt|admin_login_attempt|login_attempt|radius_auth_attempt|radius_auth)$/i;

/**
 * JumpCloud Directory Insights, as the API, the export and the Cloud Directory Insights bucket give them.
 * Fields and event types: jumpcloud.com/support/view-the-directory-insights-activity-log and docs.jumpcloud.com/api/insights.
 */
export const format: Format = recordFormat({
  title: 'JumpCloud Directory Insights',
  kinds: ['signin'],
  what: 'JumpCloud events',
  mine: (record) =>
    caselessAt(record, 'event_type') !== undefined &&
    (caselessAt(record, 'initiated_by') !== undefined ||
      (caselessAt(record, 'service') !== undefined && caselessAt(record, 'organization') !== undefined)),
  header: (columns) => columns.has('event_type') && columns.has('initiated_by.email', 'initiated_by.username'),
  read(fields, { modified }) {
    if (!signIns.test(fields.text('event_type') ?? '')) return skip('not a sign-in');
    const passed = fields.flag('sso_token_success', 'success', 'auth_success');
    const action: Action = passed === undefined ? 'unknown' : passed ? 'allowed' : 'blocked';
    const stamp = fields.text('timestamp', 'server_timestamp');
    return {
      kind: 'signin',
      action,
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text('initiated_by.email', 'initiated_by.username', 'username'),
      device: fields.text('system.hostname', 'system.displayName', 'system.display_name'),
      src_ip: fields.text('client_ip', 'src_ip'),
      // Where it is an object, the browser's own text is not in it.
      user_agent: fields.text('useragent', 'user_agent'),
      app: fields.text('application.display_label', 'application.name', 'application.display_name'),
      app_id: fields.text('application.id'),
      event_id: fields.text('id'),
    };
  },
});
