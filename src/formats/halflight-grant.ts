import { type Format, reject } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { detectRecords, readJson } from './common/json-records.js';

/** The key that no other record has. */
const mark = 'halflight_grant';

const mine = (record: JsonObject): boolean => Object.hasOwn(record, mark);

/**
 * A permission that an app has at an identity provider, as Halflight's collectors write it when a listing shows it for the first time,
 * or other than before: `{"halflight_grant": 1, "time", "id", "user", "app", "app_id", "scopes", ...}`. Without `user` an administrator
 * gave it for everybody, or to the app itself.
 */
export const format: Format = {
  title: 'Permissions of apps, as collectors list them',
  kinds: ['grant'],
  framing: 'json',
  detect: (sample) => detectRecords(sample, mine, 0.99, `have ${mark}`),
  open: ({ modified }) => ({
    read: (text) =>
      readJson(text, mine, (record) => {
        if (record[mark] !== 1) return reject(`not a ${mark} of version 1`);
        const [time, scopes] = [caselessText(record, 'time'), caselessAt(record, 'scopes')];
        return {
          kind: 'grant',
          action: 'allowed',
          time: time === undefined ? undefined : parseTime(time, 'UTC', modified),
          user: caselessText(record, 'user'),
          app: caselessText(record, 'app'),
          app_id: caselessText(record, 'app_id'),
          scopes: Array.isArray(scopes)
            ? scopes.filter((scope): scope is string => typeof scope === 'string' && scope.trim() !== '')
            : undefined,
          event_id: caselessText(record, 'id'),
        };
      }),
  }),
};
