import type { Action } from '../core/event.js';
import { type Format, type Outcome, reject, skip } from '../core/format.js';
import { isObject, type JsonObject } from '../core/json.js';
import { known } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { recordFormat } from './common/record-format.js';

// Events of Chrome's reporting connectors (chromium: components/enterprise/connectors/core/reporting_constants.h and
// chrome/browser/enterprise/connectors/reporting; support.google.com/chrome/a/answer/11375053). Each receiver spells the names its
// own way: `profileUserName`, `profile_user_name`, `profile_user`; so case and underscores do not count.
const isEvent = (name: string): boolean =>
  /^(?:badnavigation|urlfilteringinterstitial|suspiciousurl|urlnavigation|login|passwordbreach|passwordreuse|passwordchanged|sensitivedata|contenttransfer|unscannedfile|unscannedcontent|dangerousdownload|malwaretransfer|interstitial|browserextensioninstall|extensioninstall|extensiontelemetry|browsercrash)event$/.test(
    name,
  );

const fold = (key: string): string => key.toLowerCase().replaceAll('_', '');

/** Fields by folded name: those of the event, then those around it (browser, device, profile). */
function fieldsOf(
  record: JsonObject,
): { name: string; get(...names: readonly string[]): string | undefined } | undefined {
  const all = new Map<string, unknown>();
  const take = (object: JsonObject): void => {
    for (const [key, value] of Object.entries(object).slice(0, 200)) if (!all.has(fold(key))) all.set(fold(key), value);
  };
  let name = '';
  const event = record.event ?? record.Event ?? record.event_type ?? record.eventType;
  const holder = isObject(event) ? event : record;
  if (typeof event === 'string' && isEvent(fold(event))) name = fold(event);
  else
    for (const [key, value] of Object.entries(holder))
      if (isObject(value) && isEvent(fold(key))) {
        name = fold(key);
        take(value);
        break;
      }
  if (name === '') return undefined;
  take(holder);
  take(record);
  for (const part of ['device', 'profile', 'browser']) {
    const inner = all.get(part);
    if (!isObject(inner)) continue;
    for (const [key, value] of Object.entries(inner).slice(0, 50)) {
      const folded = fold(key);
      const whole = folded.startsWith(part) ? folded : part + folded;
      if (!all.has(whole)) all.set(whole, value);
    }
  }
  return {
    name: name.replace(/event$/, ''),
    get(...names) {
      for (const wanted of names) {
        const value = all.get(wanted);
        const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
        const found = typeof text === 'string' ? known(text) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** EVENT_RESULT_ALLOWED, _BLOCKED, _WARNED, _BYPASSED, _DATA_MASKED...; a warning leaves open whether the user went on. */
function actionOf(result: string | undefined, otherwise: Action): Action {
  if (result === undefined) return otherwise;
  if (/block/i.test(result)) return 'blocked';
  return /allow|bypass|detect|report|masked|unmasked|watermark/i.test(result) ? 'allowed' : 'unknown';
}

function read(record: JsonObject, before: number): Outcome {
  const fields = fieldsOf(record);
  if (fields === undefined) return skip('another type of event');
  const { name, get } = fields;
  const stamp = get('time', 'timestamp', 'timestampmillis');
  const common = {
    time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', before),
    user: get('profileusername', 'profileuser', 'deviceuser', 'username'),
    device: get('devicename', 'devicefqdn', 'devicehostname'),
    src_ip: get('localip', 'localipaddress', 'deviceipaddress'),
    user_agent: get('useragent', 'browseruseragent'),
    event_id: get('eventid'),
  };
  const result = get('eventresult', 'result');
  if (/extensioninstall$/.test(name)) {
    if (/^uninstall/i.test(get('extensionactiontype', 'extensionaction') ?? ''))
      return skip('an extension was removed');
    return {
      ...common,
      kind: 'extension',
      action: actionOf(result, 'allowed'),
      app: get('extensionname', 'appname', 'name'),
      extension_id: get('extensionid', 'appid', 'id'),
    };
  }
  const url = get('url', 'taburl');
  if (url === undefined) return skip('an event without a page');
  return name === 'login'
    ? { ...common, kind: 'signin', action: actionOf(result, 'allowed'), url }
    : { ...common, kind: 'activity', action: actionOf(result, name === 'urlnavigation' ? 'allowed' : 'unknown'), url };
}

/** Chrome Enterprise reporting connector events: visits, transfers, sign-ins to sites, extensions. */
export const format: Format = recordFormat({
  title: 'Chrome Enterprise reporting connector',
  kinds: ['activity', 'signin', 'extension'],
  what: 'Chrome reporting events',
  mine: (record) => fieldsOf(record) !== undefined,
  read: ({ object }, { modified }) => (object === undefined ? reject('a row') : read(object, modified)),
});
