import { type Format, reject, skip } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { propertiesOf, signInEvent } from './common/entra.js';
import { readJson, shareOfRecords } from './common/json-records.js';

const has = (record: JsonObject, ...keys: readonly string[]): boolean =>
  keys.some((key) => caselessAt(record, key) !== undefined);

/** The envelope of the diagnostic settings (category), or a row of a Log Analytics table (Type, TimeGenerated). */
const mine = (record: JsonObject): boolean =>
  (has(record, 'category', 'operationName', 'Type') && has(record, 'properties')) ||
  (has(record, 'Type', 'category', 'TimeGenerated', 'TimeGenerated [UTC]') &&
    has(record, 'AppDisplayName', 'AppId', 'UserPrincipalName', 'ServicePrincipalId'));

function isSignIn(record: JsonObject): boolean {
  const kind = caselessText(record, 'category', 'Type') ?? caselessText(record, 'operationName');
  return kind === undefined ? has(record, 'ResultType', 'Status', 'resultSignature') : /sign-?in/i.test(kind);
}

/**
 * Microsoft Entra ID sign-ins as diagnostic settings write them (event hub, storage account; all four categories) and as
 * Log Analytics exports them. Fields: learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs and
 * .../aadserviceprincipalsigninlogs; `properties` is the Graph resource type signIn.
 */
export const format: Format = {
  title: 'Microsoft Entra sign-in logs (diagnostic settings, Log Analytics)',
  kinds: ['signin'],
  framing: 'json',
  detect(sample) {
    const fitting = shareOfRecords(sample, (record) => mine(record) && isSignIn(record));
    return fitting > 0
      ? {
          confidence: 0.7 + fitting * 0.27,
          why: `${Math.round(fitting * 100)} % of the first records are Entra sign-in records`,
        }
      : undefined;
  },
  open: ({ zone, modified }) => ({
    read: (text) =>
      readJson(text, mine, (record, header) => {
        if (!isSignIn(record)) return skip('not a sign-in');
        const properties = propertiesOf(record);
        if (properties === undefined && has(record, 'properties')) return reject('the properties are not readable');
        const event = signInEvent(record, properties ?? record, modified);
        return event.time === undefined ? { ...event, time: header?.time?.(zone, modified) } : event;
      }),
  }),
};
