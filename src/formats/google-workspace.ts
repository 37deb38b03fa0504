import type { Action, EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { known } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText, objectsOf } from './common/caseless.js';
import { combine, detectRecords, readJson } from './common/json-records.js';

/** Parameters of one event: `value`, `intValue`, `boolValue`, `multiValue`, `multiIntValue`, `multiMessageValue`. */
class Parameters {
  readonly #all = new Map<string, JsonObject>();
  constructor(event: JsonObject) {
    for (const parameter of objectsOf(event.parameters ?? event.parameter)) {
      const name = caselessText(parameter, 'name')?.toLowerCase();
      if (name !== undefined && !this.#all.has(name)) this.#all.set(name, parameter);
    }
  }

  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const found = caselessText(this.#all.get(name), 'value', 'intValue', 'multiValue.0');
      if (found !== undefined) return found;
    }
    return undefined;
  }

  list(name: string): string[] {
    const parameter = this.#all.get(name);
    const values: unknown = parameter?.multiValue ?? parameter?.multiStrValue;
    if (Array.isArray(values)) return values.filter((item): item is string => typeof item === 'string' && item !== '');
    return this.text(name)?.split(/[\s,]+/) ?? [];
  }

  /** The text parameter `inner` of each message in a list of messages. */
  messages(name: string, inner: string): string[] {
    return objectsOf(this.#all.get(name)?.multiMessageValue).flatMap((message) => {
      const text = new Parameters({ parameter: message.parameter ?? message.parameters }).text(inner);
      return text === undefined ? [] : [text];
    });
  }
}

const mostExtensions = 10_000;

const notOurs = skip('not a sign-in, grant, extension or use');

function readEvent(activity: JsonObject, event: JsonObject, { modified }: FormatContext): Outcome {
  const application = caselessText(activity, 'id.applicationName')?.toLowerCase() ?? '';
  const name = caselessText(event, 'name') ?? '';
  const parameters = new Parameters(event);
  const stamp = caselessText(activity, 'id.time');
  const common = {
    time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
    user: caselessText(activity, 'actor.email'),
    src_ip: caselessText(activity, 'ipAddress'),
    event_id: caselessText(activity, 'id.uniqueQualifier'),
  };
  const verdicts: Readonly<Record<string, Action>> = { login_success: 'allowed', login_failure: 'blocked' };
  if (application === 'login' || application === 'saml') {
    const action = verdicts[name.toLowerCase()];
    if (action === undefined) return notOurs;
    return { ...common, kind: 'signin', action, app: parameters.text('application_name') };
  }
  if (application === 'token') {
    if (name !== 'authorize' && name !== 'request') return notOurs;
    const scopes = parameters.list('scope');
    return {
      ...common,
      kind: 'grant',
      action: name === 'authorize' ? 'allowed' : 'unknown',
      app: parameters.text('app_name'),
      app_id: parameters.text('client_id'),
      scopes: scopes.length > 0 ? scopes : parameters.messages('scope_data', 'scope_name'),
    };
  }
  // An administrator lets a client into the data of all users (domain-wide delegation).
  if (application === 'admin' && name === 'AUTHORIZE_API_CLIENT_ACCESS') {
    const scopes = parameters.list('api_scopes');
    return { ...common, kind: 'grant', action: 'allowed', app_id: parameters.text('api_client_name'), scopes };
  }
  if (application.startsWith('gemini')) {
    return { ...common, kind: 'activity', action: 'allowed', app: parameters.text('app_name') };
  }
  return application === 'chrome' ? readChrome(name, parameters, common) : notOurs;
}

/** Chrome's events: extensions, sign-ins to sites (LOGIN_EVENT), and those that name a URL (unsafe visits, transfers). */
function readChrome(
  name: string,
  parameters: Parameters,
  common: Readonly<{ time: number | undefined; user: string | undefined; src_ip: string | undefined }>,
): Outcome {
  const base = {
    ...common,
    user: parameters.text('profile_user_name') ?? common.user ?? parameters.text('device_user'),
    device: parameters.text('device_name'),
    user_agent: parameters.text('user_agent'),
  };
  const result = parameters.text('event_result');
  if (name === 'BROWSER_EXTENSION_INSTALL') {
    if (/^uninstall/i.test(parameters.text('extension_action') ?? '')) return skip('an extension was removed');
    const action = verdict(result, 'allowed');
    return {
      ...base,
      kind: 'extension',
      action,
      app: parameters.text('app_name'),
      extension_id: parameters.text('app_id'),
    };
  }
  // Two URLs may be joined by " or ": the page's, and what was redacted of it.
  const url = known(parameters.text('url', 'tab_url')?.split(' or ', 1)[0]);
  if (url === undefined) return notOurs;
  return name === 'LOGIN_EVENT'
    ? { ...base, kind: 'signin', action: verdict(result, 'allowed'), url }
    : { ...base, kind: 'activity', action: verdict(result, 'unknown'), url };
}

/** EVENT_RESULT; a warning leaves open whether the user went on. */
function verdict(result: string | undefined, otherwise: Action): Action {
  if (result === undefined) return otherwise;
  if (/block/i.test(result)) return 'blocked';
  return /report|allow|bypass|detect/i.test(result) ? 'allowed' : 'unknown';
}

/** A managed browser with what is installed in it, as the Directory lists it; `seen`: when it was listed. */
function readDevice(device: JsonObject, { modified }: FormatContext): Outcome {
  const stamp = caselessText(device, 'seen', 'lastStatusReportTime', 'lastActivityTime');
  const time = stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified);
  const machine = caselessText(device, 'machineName');
  const drafts: EventDraft[] = [];
  for (const browser of objectsOf(device.browsers))
    for (const profile of objectsOf(browser.profiles))
      for (const extension of objectsOf(profile.extensions)) {
        const id = caselessText(extension, 'extensionId', 'id');
        if (id === undefined || extension.disabled === true || drafts.length >= mostExtensions) continue;
        drafts.push({
          kind: 'extension',
          action: 'allowed',
          time,
          user: caselessText(profile, 'chromeSignedInUserEmail') ?? caselessText(device, 'lastDeviceUser'),
          device: machine,
          app: caselessText(extension, 'name'),
          extension_id: id,
        });
      }
  return drafts.length > 0 ? drafts : skip('a browser without extensions');
}

const isDevice = (record: JsonObject): boolean => caselessText(record, 'kind') === 'admin#directory#browserdevice';

const mine = (record: JsonObject): boolean =>
  isDevice(record) ||
  caselessText(record, 'id.applicationName') !== undefined ||
  (caselessText(record, 'kind') === 'admin#reports#activity' && caselessAt(record, 'events') !== undefined);

/**
 * Google Workspace activities of the Reports API: sign-ins (login, saml), OAuth grants (token), Gemini use, Chrome events; and the
 * extensions of managed browsers (support.google.com/chrome/a/answer/9681204).
 * Fields: developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list and .../reports/v1/appendix/activity/*.
 */
export const format: Format = {
  title: 'Google Workspace (Reports API activities)',
  kinds: ['signin', 'grant', 'activity', 'extension'],
  framing: 'json',
  detect: (sample) => detectRecords(sample, mine, 0.97, 'are Reports API activities'),
  open: (context) => ({
    read: (text) =>
      readJson(text, mine, (record) => {
        if (isDevice(record)) return readDevice(record, context);
        const events = objectsOf(caselessAt(record, 'events') ?? caselessAt(record, 'event'));
        if (events.length === 0) return reject('an activity without events');
        return combine(events.map((event) => readEvent(record, event, context)));
      }),
  }),
};
