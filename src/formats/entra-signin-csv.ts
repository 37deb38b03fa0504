import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import type { Action } from '../core/event.js';
import { type Format, reject, skip } from '../core/format.js';
import { parseDayMonth, parseTime } from '../core/time.js';
import { caselessText } from './common/caseless.js';
import { dayOrder } from './common/dates.js';
import { entraTime, signInAction } from './common/entra.js';

const dateNames = [
  'Date (UTC)',
  'CreatedDateTime',
  'Created date time',
  'CreatedDateTime [UTC]',
  'TimeGenerated [UTC]',
  'TimeGenerated',
  'Date',
];
const localDate = 'Date (local)';
const appNames = ['Application', 'AppDisplayName', 'App display name'];
const principalNames = ['Service principal name', 'ServicePrincipalName', 'Service principal'];
const ipNames = ['IP address', 'IPAddress'];
const codeNames = [
  'Sign-in error code',
  'SignInErrorCode',
  'ErrorCode',
  'Error code',
  'Status.ErrorCode',
  'ResultType',
];
const statusNames = ['Status', 'Result'];

function headerOf(fields: readonly string[]): Columns | undefined {
  const columns = new Columns(fields);
  return columns.has(localDate, ...dateNames) &&
    columns.has(...appNames, ...principalNames, 'Application ID', 'AppId') &&
    columns.has('User', 'Username', 'UserPrincipalName', ...principalNames, ...ipNames) &&
    columns.has(...codeNames, ...statusNames)
    ? columns
    : undefined;
}

/** The error code decides; the portal's word (Success, Failure, Interrupted) where there is none, or it is a code's JSON. */
function actionOf(columns: Columns, fields: readonly string[]): Action {
  const status = columns.get(fields, ...statusNames) ?? '';
  if (/^interrupted$/i.test(status)) return 'unknown';
  const word = signInAction(status);
  if (word !== 'unknown') return word;
  const embedded = caselessText(status, 'errorCode') ?? /errorcode\s*[=:]\s*"?(\d{1,9})/i.exec(status)?.[1];
  return signInAction(columns.get(fields, ...codeNames) ?? embedded);
}

/**
 * Sign-ins as the Entra admin centre's Download (CSV) writes them, interactive, non-interactive and of service principals;
 * also its older export and Log Analytics rows. Columns: learn.microsoft.com/entra/identity/monitoring-health/howto-download-logs.
 * Header names are compared without blanks: two of them end in one, one holds two, one stands twice.
 */
export const format: Format = {
  title: 'Microsoft Entra sign-ins (CSV download)',
  kinds: ['signin'],
  framing: 'csv',
  detect({ lines }) {
    const found = lines.slice(0, 5).some((line) => headerOf(splitCsv(line, sniffDelimiter(line)) ?? []) !== undefined);
    return found
      ? { confidence: 0.97, why: 'a header line with the columns of the Entra sign-in download' }
      : undefined;
  },
  open({ zone, modified, sample }) {
    let columns: Columns | undefined;
    let delimiter = ',';
    const order = dayOrder(
      sample.lines.map((line) => splitCsv(line, sniffDelimiter(line))?.[0] ?? ''),
      'mdy',
    );
    return {
      read(text) {
        // Data lines hold digits early on, header lines never do.
        const header = /\d/.test(text.slice(0, 24)) ? undefined : headerOf(splitCsv(text, sniffDelimiter(text)) ?? []);
        if (header !== undefined) {
          columns = header;
          delimiter = sniffDelimiter(text);
          return skip('header line');
        }
        const fields = splitCsv(text, delimiter);
        if (fields === undefined) return reject('a quoted field is not closed');
        if (columns === undefined) return reject('no header line before it');
        if (fields.length < 3) return reject('too few fields');
        const local = columns.get(fields, localDate);
        const date = columns.get(fields, ...dateNames);
        const user = columns.get(
          fields,
          'Username',
          'UserPrincipalName',
          'Sign-in identifier',
          'User',
          'UserDisplayName',
        );
        return {
          kind: 'signin',
          action: actionOf(columns, fields),
          time:
            date === undefined
              ? parseTime(local ?? '', zone, modified, order)
              : (parseDayMonth(date, order, 'UTC') ?? entraTime(date, modified)),
          user,
          device:
            columns.get(fields, 'Device name', 'Device display name') ??
            deviceName(columns.get(fields, 'DeviceDetail')),
          src_ip: columns.get(fields, ...ipNames),
          user_agent: columns.get(fields, 'User agent'),
          app: columns.get(fields, ...appNames, ...principalNames),
          app_id: columns.get(fields, 'Application ID', 'AppId'),
          event_id: columns.get(fields, 'Request ID', 'Id', 'RequestId'),
        };
      },
    };
  },
};

const deviceName = (json: string | undefined): string | undefined =>
  json === undefined ? undefined : caselessText(json, 'displayName');
