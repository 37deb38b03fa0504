import type { Action, EventDraft } from '../../core/event.js';
import type { Detection, FormatContext, Reader, Sample } from '../../core/format.js';
import type { JsonObject } from '../../core/json.js';
import type { KeyRule, LineLayout } from '../../core/layout.js';
import { known, whole } from '../../core/text.js';
import { parseTime } from '../../core/time.js';
import { readJson, shareOfRecords } from './json-records.js';

/** One Logpush record: keys are found without regard to case and underscores (`QueryName`, `queryName`, `query_name`). */
export class LogpushRecord {
  readonly #fields = new Map<string, unknown>();
  constructor(record: JsonObject) {
    for (const [key, value] of Object.entries(record)) {
      const folded = fold(key);
      if (!this.#fields.has(folded)) this.#fields.set(folded, value);
    }
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => this.#fields.has(fold(name)));
  }

  /** The first of the fields that holds something, as text; of a list its first element. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const field = this.#fields.get(fold(name));
      const value: unknown = Array.isArray(field) ? (field as unknown[])[0] : field;
      if (typeof value === 'number' && Number.isFinite(value)) return String(value);
      const text = typeof value === 'string' ? known(value) : undefined;
      if (text !== undefined && text.toLowerCase() !== 'null') return text;
    }
    return undefined;
  }

  number(...names: readonly string[]): number | undefined {
    return whole(this.text(...names));
  }

  /** A whole number above 0: Logpush writes 0 for what there is none of (a blocked request has no status). */
  positive(...names: readonly string[]): number | undefined {
    const value = this.number(...names);
    return value === 0 ? undefined : value;
  }

  /** RFC 3339, epoch in s, ms, us or ns: the job's timestamp_format decides. */
  time(context: FormatContext, ...names: readonly string[]): number | undefined {
    const text = this.text(...names);
    return text === undefined ? undefined : parseTime(text, 'UTC', context.modified);
  }

  /** Who: the e-mail address, else the user id, unless that is all zeros. */
  user(): string | undefined {
    const id = this.text('UserID');
    return this.text('Email', 'UserEmail') ?? (id !== undefined && /[^0-]/.test(id) ? id : undefined);
  }

  /** Id of an application or policy, 0 means none. */
  id(...names: readonly string[]): string | undefined {
    const text = this.text(...names);
    return text === '0' ? undefined : text;
  }
}

const fold = (key: string): string => key.toLowerCase().replaceAll('_', '');

/** Names of Gateway actions and decisions; a redirect leads the user away from what was asked for. */
export function gatewayAction(name: string | undefined): Action {
  if (name === undefined) return 'unknown';
  if (/^(block|den|drop|reject|quarantine|redirect)/i.test(name)) return 'blocked';
  return /^(allow|override|l4_?override|bypass|isolat|no_?isolat|no_?scan|scan|do_?not|off$|safesearch|ytrestricted|egress|resolve|audit)/i.test(
    name.replace(/\s/g, ''),
  )
    ? 'allowed'
    : 'unknown';
}

/** What the speed path does with a key of a dataset, folded; keys with bit 1 and keys with bit 2 make a record one of the dataset. */
export const logpushLayout = (keys: (folded: string) => ReturnType<KeyRule>): LineLayout => ({
  shapes: [[{ do: 'json', required: 3 }]],
  keys: (key) => keys(fold(key)),
});

/** A reader of one Logpush dataset. */
export function logpushReader(
  mine: (record: LogpushRecord) => boolean,
  read: (record: LogpushRecord, context: FormatContext) => EventDraft,
  context: FormatContext,
  layout?: LineLayout,
): Reader {
  let last: { object: JsonObject; record: LogpushRecord } | undefined;
  const wrap = (object: JsonObject): LogpushRecord => {
    if (last?.object !== object) last = { object, record: new LogpushRecord(object) };
    return last.record;
  };
  return {
    state: () => '',
    ...(layout !== undefined && { layout: () => layout }),
    read: (text) =>
      readJson(
        text,
        (object) => mine(wrap(object)),
        (object, header) => {
          const event = read(wrap(object), context);
          return event.time === undefined ? { ...event, time: header?.time?.(context.zone, context.modified) } : event;
        },
      ),
  };
}

/** Detection by the fields that only one dataset has. */
export function detectLogpush(
  sample: Sample,
  mine: (record: LogpushRecord) => boolean,
  dataset: string,
): Detection | undefined {
  const fitting = shareOfRecords(sample, (object) => mine(new LogpushRecord(object)));
  return fitting > 0
    ? {
        confidence: fitting * 0.97,
        why: `${Math.round(fitting * 100)} % of the first records have the fields of Cloudflare's ${dataset}`,
      }
    : undefined;
}
