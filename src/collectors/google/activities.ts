import { createHash } from 'node:crypto';
import type { CollectedRecord } from '../../core/chunk.js';
import { textAt } from '../../core/json.js';
import type { RecordStream } from '../common/api/streams.js';
import { dataOf, type Google } from './client.js';
import type { GooglePart } from './options.js';

/** A log of the Reports API; `event`: the only kind that is asked for. */
interface Log {
  part: GooglePart;
  application: string;
  event?: string;
  /** Not every organisation has it. */
  optional?: true;
}

/** developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list */
export const logs: readonly Log[] = [
  { part: 'login', application: 'login' },
  { part: 'saml', application: 'saml' },
  // Beside grants this log has every call that an app makes: millions a day, of which nothing is needed.
  { part: 'token', application: 'token', event: 'authorize' },
  { part: 'gemini', application: 'gemini_in_workspace_apps', optional: true },
  { part: 'chrome', application: 'chrome', optional: true },
];

export const activityStream = ({ reports }: Google, { application, event }: Log): RecordStream => ({
  name: application,
  async page({ from, to }, link) {
    const { items, nextPageToken } = await dataOf(
      reports.activities.list({
        userKey: 'all',
        applicationName: application,
        startTime: new Date(from).toISOString(),
        endTime: new Date(to).toISOString(),
        maxResults: 1000,
        ...(event !== undefined && { eventName: event }),
        ...(link !== undefined && { pageToken: link }),
      }),
    );
    const records = (Array.isArray(items) ? items : []).map((item) => recordOf(application, item, to));
    return { records, next: textAt({ nextPageToken }, 'nextPageToken') };
  },
});

/** An activity, whole: its id is application, time and qualifier together. */
function recordOf(application: string, activity: unknown, otherwise: number): CollectedRecord {
  const text = JSON.stringify(activity);
  const [time, qualifier] = [textAt(activity, 'id.time'), textAt(activity, 'id.uniqueQualifier')];
  const at = Date.parse(time ?? '');
  const own = time === undefined || qualifier === undefined ? undefined : `${time} ${qualifier}`;
  return {
    id: `${application} ${own ?? createHash('sha256').update(text).digest('hex')}`,
    at: Number.isNaN(at) ? otherwise : at,
    text,
  };
}
