import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import type { Action, EventKind } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { type Unwrapped, unwrapSyslog } from '../core/syslog.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText, objectsOf } from './common/caseless.js';
import { detectRecords, readJson } from './common/json-records.js';

/** One event, whatever shape it came in: a path such as `client.ipAddress`, and its targets (each with type, id, displayName...). */
interface OktaEvent {
  get(path: string): string | undefined;
  targets: readonly JsonObject[];
}

const signIns = new Set(['user.session.start', 'user.authentication.sso', 'app.generic.unauth_app_access_attempt']);

/** Sign-ins to Okta and to an app, and OAuth grants; steps on the way (factors, policies, delegated checks) are none. */
function kindOf(type: string): EventKind | undefined {
  if (signIns.has(type)) return 'signin';
  return type.startsWith('app.oauth2') && type.split('.').includes('grant') ? 'grant' : undefined;
}

function actionOf(result: string | undefined): Action {
  if (/^(success|allow)$/i.test(result ?? '')) return 'allowed';
  return /^(failure|deny)$/i.test(result ?? '') ? 'blocked' : 'unknown';
}

function read(event: OktaEvent, { zone, modified }: FormatContext, header?: Unwrapped): Outcome {
  const type = event.get('eventType')?.toLowerCase();
  if (type === undefined) return reject('no event type');
  const kind = kindOf(type);
  if (kind === undefined) return skip('not a sign-in or grant');
  const ofType = (...types: readonly string[]): JsonObject | undefined =>
    event.targets.find((target) => types.includes(caselessText(target, 'type')?.toLowerCase() ?? ''));
  // Tokens are granted to a client, which then is the actor; the user is a target.
  const actorIsApp = /client|^app/i.test(event.get('actor.type') ?? '');
  const app = ofType('appinstance', 'publicclientapp', 'app');
  const person = (name: string | undefined) => (/^(unknown|null)$/i.test(name ?? '') ? undefined : name);
  const user = actorIsApp ? caselessText(ofType('user'), 'alternateId', 'displayName') : event.get('actor.alternateId');
  const scopes = ['grantedScopes', 'scopes', 'scope', 'requestedScopes']
    .map((key) => event.get(`debugContext.debugData.${key}`))
    .find((text) => text !== undefined);
  const stamp = event.get('published') ?? event.get('timestamp') ?? event.get('time');
  return {
    kind,
    action: actionOf(event.get('outcome.result')),
    time: (stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified)) ?? header?.time?.(zone, modified),
    user: person(user) ?? (actorIsApp ? undefined : person(event.get('actor.displayName'))),
    device: event.get('device.name') ?? caselessText(ofType('device'), 'displayName'),
    src_ip: event.get('client.ipAddress') ?? event.get('request.ipChain.0.ip'),
    user_agent: event.get('client.userAgent.rawUserAgent'),
    app: caselessText(app, 'displayName', 'alternateId') ?? (actorIsApp ? event.get('actor.displayName') : undefined),
    app_id: caselessText(app, 'id') ?? (actorIsApp ? event.get('actor.id') : undefined),
    scopes: kind === 'grant' ? scopes?.split(/[\s,[\]"]+/).filter((scope) => scope !== '') : undefined,
    event_id: event.get('uuid'),
  };
}

const mine = (record: JsonObject): boolean =>
  caselessText(record, 'eventType') !== undefined &&
  (caselessAt(record, 'published') !== undefined || caselessAt(record, 'legacyEventType') !== undefined) &&
  (caselessAt(record, 'actor') !== undefined || caselessAt(record, 'outcome') !== undefined);

const jsonEvent = (record: JsonObject): OktaEvent => ({
  get: (path) => caselessText(record, path),
  targets: objectsOf(caselessAt(record, 'target')),
});

/** Header names as they are compared: `client.ip_address`, `client.ipAddress` and `clientIpAddress` are one. */
const fold = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** A row of the CSV export, whose columns are the JSON paths, flattened (`actor.alternate_id`, `target0.type`). */
function rowEvent(columns: Columns, fields: readonly string[]): OktaEvent {
  const get = (path: string): string | undefined => {
    const value = columns.get(fields, fold(path));
    return value === undefined || value === '-' || value.toLowerCase() === 'null' ? undefined : value;
  };
  const targets: JsonObject[] = objectsOf(get('target') ?? get('targets'));
  for (const at of ['', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
    const part = (name: string) => get(`target${at}${name}`) ?? get(`targets${at}${name}`);
    const target = {
      type: part('type'),
      id: part('id'),
      displayName: part('displayName'),
      alternateId: part('alternateId'),
    };
    if (target.type !== undefined || target.displayName !== undefined) targets.push(target);
  }
  return { get, targets };
}

function headerOf(text: string, delimiter: string): Columns | undefined {
  if (!/event.?type/i.test(text.slice(0, 8192))) return undefined;
  const columns = new Columns((splitCsv(text, delimiter) ?? []).map(fold));
  return columns.has('eventtype') && columns.has('outcomeresult', 'actoralternateid', 'actorid') ? columns : undefined;
}

/**
 * Okta System Log: JSON of the API (array or one object a line), of log streaming (EventBridge, Splunk) and event hooks, and
 * the CSV download with flattened columns. Fields and event types: developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog
 * and developer.okta.com/docs/reference/api/event-types.
 */
export const format: Format = {
  title: 'Okta System Log',
  kinds: ['signin', 'grant'],
  framing: 'json',
  detect(sample) {
    const records = detectRecords(sample, mine, 0.97, 'are Okta events');
    if (records !== undefined) return records;
    const [first = ''] = sample.lines;
    return headerOf(first, sniffDelimiter(first)) === undefined
      ? undefined
      : { confidence: 0.95, why: 'a header line with the flattened names of Okta events' };
  },
  open(context) {
    let columns: Columns | undefined;
    let delimiter = ',';
    return {
      read(text) {
        if (/^\s*[[{]/.test(text) || (columns === undefined && text.includes('{"')))
          return readJson(text, mine, (record, header) => read(jsonEvent(record), context, header));
        const line = columns === undefined ? unwrapSyslog(text).message : text;
        const found = headerOf(line, sniffDelimiter(line));
        if (found !== undefined) {
          columns = found;
          delimiter = sniffDelimiter(line);
          return skip('header line');
        }
        if (columns === undefined) return reject('not a JSON object, and no CSV header before it');
        const fields = splitCsv(text, delimiter);
        if (fields === undefined) return reject('a quoted field is not closed');
        return read(rowEvent(columns, fields), context);
      },
    };
  },
};
