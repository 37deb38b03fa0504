import type { Action } from '../core/event.js';
import { type Format, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

/** A banner that only informs stops nobody; one that asks stops until it is acknowledged, one that blocks always. */
function bannerAction(mode: string | undefined, done: string | undefined): Action {
  if (/block/i.test(mode ?? '') || /block/i.test(done ?? '')) return 'blocked';
  if (/^acknowledged|^proceed/i.test(done ?? '') || /inform/i.test(mode ?? '')) return 'allowed';
  return 'unknown';
}

/**
 * Push Security webhook events: what its browser extension saw. LOGIN is a sign-in, APP_BANNER a visit to an app with a notice,
 * a new ACCOUNT an account that an employee has with an app. Fields: pushsecurity.com/help, "Webhooks reference".
 */
export const format: Format = recordFormat({
  title: 'Push Security (browser extension events)',
  kinds: ['signin', 'activity'],
  what: 'Push Security events',
  mine: (record) =>
    /^[A-Z_]{3,40}$/.test(caselessText(record, 'object') ?? '') &&
    caselessAt(record, 'new') !== undefined &&
    (caselessAt(record, 'version') !== undefined || caselessAt(record, 'old') !== undefined),
  read(fields, { modified }) {
    const stamp = fields.text('timestamp');
    const common = {
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text('new.employee.email', 'new.email'),
      src_ip: fields.text('new.sourceIpAddress'),
      user_agent: fields.text('new.userAgent'),
      app: fields.text('new.appType'),
      app_id: fields.text('new.appId'),
      event_id: fields.text('id'),
    };
    const object = fields.text('object');
    if (object === 'LOGIN') return { ...common, kind: 'signin', action: 'allowed' };
    if (object === 'APP_BANNER')
      return {
        ...common,
        kind: 'activity',
        action: bannerAction(fields.text('new.appBanner.mode'), fields.text('new.action')),
      };
    if (object === 'ACCOUNT' && (fields.text('type') ?? 'CREATE') === 'CREATE')
      return { ...common, kind: 'activity', action: 'allowed' };
    return skip('not a sign-in, visit or new account');
  },
});
