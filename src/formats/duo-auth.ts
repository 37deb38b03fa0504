import type { Action } from '../core/event.js';
import { type Format, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

function actionOf(result: string | undefined): Action {
  if (/^(?:success|allow)/i.test(result ?? '')) return 'allowed';
  return /^(?:den|fail|fraud|error|lock)/i.test(result ?? '') ? 'blocked' : 'unknown';
}

/**
 * Duo authentication log, Admin API v2 (`authlogs`) and v1. Fields: duo.com/docs/adminapi#authentication-logs. The address is that
 * of the access device, which signs in, not of the telephone that confirms.
 */
export const format: Format = recordFormat({
  title: 'Duo authentication log',
  kinds: ['signin'],
  what: 'Duo authentications',
  mine: (record) =>
    caselessAt(record, 'result') !== undefined &&
    (caselessAt(record, 'txid') !== undefined || caselessAt(record, 'factor') !== undefined) &&
    (caselessAt(record, 'access_device') !== undefined ||
      caselessAt(record, 'integration') !== undefined ||
      caselessText(record, 'application.name') !== undefined),
  read(fields, { modified }) {
    const type = fields.text('event_type', 'eventtype');
    if (type !== undefined && type.toLowerCase() !== 'authentication') return skip('not an authentication');
    // v1 tells `timestamp` in seconds, v2 has ISO beside it.
    const stamp = fields.text('isotimestamp', 'timestamp');
    const address = fields.text('access_device.ip', 'ip');
    return {
      kind: 'signin',
      action: actionOf(fields.text('result')),
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text('email', 'user.name', 'username', 'user.key'),
      device: fields.text('access_device.hostname'),
      // What Duo writes where it saw none.
      src_ip: address === '0.0.0.0' ? undefined : address,
      app: fields.text('application.name', 'integration'),
      app_id: fields.text('application.key'),
      event_id: fields.text('txid'),
    };
  },
});
