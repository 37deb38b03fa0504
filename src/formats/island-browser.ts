import type { Action } from '../core/event.js';
import { type Format, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

/** An isolated page is used all the same; a warning leaves open whether the user went on. */
function actionOf(verdict: string | undefined): Action {
  if (/^(?:allow|isolat|redact|audit|monitor|bypass)/i.test(verdict ?? '')) return 'allowed';
  return /^(?:block|den|prevent)/i.test(verdict ?? '') ? 'blocked' : 'unknown';
}

/**
 * Island Enterprise Browser audit: navigation, transfers, interactions with AI. What people typed (`keystrokes`, parts of
 * `details`) is never read. Fields: documentation.island.io, "Audit API".
 */
export const format: Format = recordFormat({
  title: 'Island Enterprise Browser audit',
  kinds: ['activity'],
  what: 'Island audit records',
  mine: (record) =>
    caselessAt(record, 'verdict') !== undefined &&
    caselessAt(record, 'type') !== undefined &&
    ['submittedUrl', 'topLevelUrl', 'clientEventId', 'saasApplicationName', 'machineName'].filter(
      (key) => caselessAt(record, key) !== undefined,
    ).length >= 2,
  read(fields, { modified }) {
    const [url, app] = [
      fields.text('submittedUrl', 'frameUrl', 'topLevelUrl', 'websiteTopLevelUrl'),
      fields.text('saasApplicationName'),
    ];
    if (url === undefined && app === undefined) return skip('no page and no application');
    const stamp = fields.text('timestamp', 'createdDate');
    const navigation = caselessAt(fields.value('details'), 'navigation_details');
    return {
      kind: 'activity',
      action: actionOf(fields.text('verdict')),
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text('email', 'userName', 'osUserName'),
      device: fields.text('machineName'),
      src_ip: fields.text('sourceIp', 'publicIp'),
      url,
      user_agent: caselessText(navigation, 'user_agent'),
      app,
      app_id: fields.text('saasApplicationId'),
      event_id: fields.text('id'),
    };
  },
});
