import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { share } from './common/detect.js';

// audit.log as log4j2.xml of PingFederate writes it: `%d| trackingid| event| subject| ip| app| connectionid| protocol| host| role|
// status| adapterid| description| responsetime`. docs.pingidentity.com, "Security audit logging".
const names =
  'time tracking event subject ip app connection protocol host role status adapter description response'.split(' ');

function fieldsOf(text: string): Map<string, string> | undefined {
  const parts = text.split('|');
  if (parts.length < 11 || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(parts[0]?.trim() ?? '')) return undefined;
  return new Map(names.map((name, i) => [name, parts[i]?.trim() ?? '']));
}

function actionOf(status: string | undefined): Action {
  if (/^success/i.test(status ?? '')) return 'allowed';
  return /^(?:fail|den|error)/i.test(status ?? '') ? 'blocked' : 'unknown';
}

function read(text: string, { zone, modified }: FormatContext): Outcome {
  const { message } = unwrapSyslog(text);
  const fields = fieldsOf(message) ?? fieldsOf(text);
  if (fields === undefined)
    return /^\s|^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d{3} /.test(text)
      ? skip('no audit record')
      : reject('not a line of the audit log');
  const get = (name: string) => known(fields.get(name));
  const event = get('event')?.toUpperCase() ?? '';
  const isGrant = event === 'OAUTH';
  if (!isGrant && event !== 'SSO' && event !== 'AUTHN_ATTEMPT') return skip('not a sign-in or grant');
  if (/^inprogress$/i.test(get('status') ?? '')) return skip('a step of a sign-in');
  const app = get('app');
  const isUrl = app !== undefined && /^https?:\/\//i.test(app);
  return {
    kind: isGrant ? 'grant' : 'signin',
    action: actionOf(get('status')),
    time: parseTime(get('time') ?? '', zone, modified),
    user: get('subject'),
    src_ip: get('ip'),
    // The page that was asked for, or a name; the partner's id names the application in any case.
    url: isUrl ? app : undefined,
    app: (isUrl ? undefined : app) ?? get('connection'),
    app_id: get('connection'),
  };
}

/** PingFederate security audit log in its default layout. */
export const format: Format = {
  title: 'PingFederate audit log',
  kinds: ['signin', 'grant'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => {
      const fields = fieldsOf(unwrapSyslog(line).message) ?? fieldsOf(line);
      return (
        fields !== undefined &&
        /^[A-Z][A-Za-z_0-9 ]{1,40}$/.test(fields.get('event') ?? '') &&
        (/^tid:/.test(fields.get('tracking') ?? '') || /^(?:IdP|SP|AS|RS|)$/.test(fields.get('role') ?? ''))
      );
    });
    return fitting === 0
      ? undefined
      : { confidence: 0.95 * fitting, why: 'lines in the order of the PingFederate audit log, between bars' };
  },
  open: (context) => ({ read: (text) => read(text, context) }),
};
