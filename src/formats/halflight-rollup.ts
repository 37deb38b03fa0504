import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import type { EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { accountKinds, confidences, strengths } from '../core/hit.js';
import { type JsonObject, parseObject } from '../core/json.js';
import { provenances } from '../core/provenance.js';
import { rollupVersion } from '../core/rollup.js';
import { known, whole } from '../core/text.js';
import { dayOf, parseTime } from '../core/time.js';
import { share } from './common/detect.js';

/** The column that no other table has, and by which a roll-up is known. */
const mark = 'halflight_rollup';

type Field = (name: string) => string | undefined;

const oneOf = <T extends string>(values: readonly T[], text: string | undefined): T | undefined =>
  values.find((value) => value === text?.toLowerCase());

/** Sums of warehouses may be decimals: `12.0`. */
const count = (text: string | undefined): number | undefined => whole(text?.replace(/\.0+$/, ''));

/** The actor under the key that names such a one in a record, so that the directory resolves it as it would there. */
function actorOf(field: Field): Pick<EventDraft, 'user' | 'device' | 'src_ip'> | undefined {
  const id = field('actor');
  switch (field('actor_kind')?.toLowerCase()) {
    case 'user':
      return { user: id };
    case 'device':
      return { device: id };
    case 'address':
      return { src_ip: id };
    case 'unknown':
      return {};
    default:
      return undefined;
  }
}

/** One row: an event for what went through, one for what was blocked. */
function readRow(field: Field, context: FormatContext): Outcome {
  const version = field(mark)?.split('/')[0];
  if (version !== rollupVersion) return reject(`not a row of a roll-up of version ${rollupVersion}`);
  const service = field('service');
  if (service === undefined) return reject('no service');
  if (context.services?.has(service) === false)
    return reject('the catalog has no service of this id: export and scan with the same signatures');
  const accountKind = oneOf(accountKinds, field('account_kind'));
  const strength = oneOf(strengths, field('strength'));
  const confidence = oneOf(confidences, field('confidence'));
  if (accountKind === undefined || strength === undefined || confidence === undefined)
    return reject('account_kind, strength or confidence is not a known word');
  const said = field('provenance');
  const provenance = oneOf(provenances, said);
  if (said !== undefined && provenance === undefined) return reject('provenance is not a known word');
  const actor = actorOf(field);
  if (actor === undefined) return reject('actor_kind is not a known word');
  const [events, attempts] = [count(field('events')), count(field('attempts'))];
  if (events === undefined || attempts === undefined) return reject('events or attempts is no number');
  const times = [field('first_seen'), field('last_seen')].map((text) =>
    text === undefined ? undefined : (parseTime(text, 'UTC', context.modified) ?? Number.NaN),
  );
  const [first, last] = times;
  if (times.some((time) => Number.isNaN(time)) || (first === undefined) !== (last === undefined))
    return reject('first_seen or last_seen is not readable');
  const day = field('day');
  if (first !== undefined && last !== undefined) {
    if (first > last) return reject('first_seen is after last_seen');
    if ([first, last].some((time) => dayOf(time, context.zone) !== day))
      return reject('the day is of another time zone: export with the --timezone that the scan has');
  } else if (day !== undefined) return reject('a day without first_seen and last_seen');
  const draft = (hits: number): EventDraft => ({
    kind: strength === 'contact' ? 'dns' : 'web',
    action: 'allowed',
    time: first,
    ...actor,
    ...(provenance !== undefined && { provenance }),
    rollup: { service, accountKind, strength, confidence, count: hits, last },
  });
  const drafts: EventDraft[] = [];
  if (events > 0)
    drafts.push({ ...draft(events), bytes_out: count(field('bytes_out')), bytes_in: count(field('bytes_in')) });
  if (attempts > 0) drafts.push({ ...draft(attempts), action: 'blocked' });
  return drafts.length > 0 ? drafts : skip('no events in it');
}

/** Values of a JSON object without regard to the case of its keys: some warehouses write them in capitals. */
function fieldsOf(record: JsonObject): Field {
  const values = new Map(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]));
  return (name) => {
    const value = values.get(name);
    return typeof value === 'string' || typeof value === 'number' ? known(String(value)) : undefined;
  };
}

const hasMark = (record: JsonObject): boolean => fieldsOf(record)(mark) !== undefined;

function headerOf(text: string): { columns: Columns; delimiter: string } | undefined {
  if (!/halflight.?rollup/i.test(text.slice(0, 4000))) return undefined;
  const delimiter = sniffDelimiter(text);
  const columns = new Columns(splitCsv(text, delimiter) ?? []);
  return columns.has(mark) && columns.has('service') ? { columns, delimiter } : undefined;
}

/**
 * What another engine found with the exported catalog (`halflight catalog export`): a row for each service, who, day, account kind
 * and strength, with counts. CSV with a header line, or one JSON object a line.
 */
export const format: Format = {
  title: 'Roll-up of an exported catalog (CSV or NDJSON)',
  kinds: ['web', 'dns'],
  // Lines that are no JSON come as they are; the query lets no line break into a row.
  framing: 'json',
  detect({ lines, json }) {
    const [first = ''] = lines;
    if (headerOf(first) !== undefined)
      return { confidence: 0.99, why: 'the header line of a roll-up, which nothing else has' };
    const rows = share(
      json.map((record) => (hasMark(record) ? 'row' : '')),
      (kind) => kind === 'row',
    );
    return rows > 0.5 ? { confidence: 0.95, why: 'JSON rows of a roll-up' } : undefined;
  },
  open(context) {
    let header: { columns: Columns; delimiter: string } | undefined;
    return {
      read(text) {
        if (text.trimStart().startsWith('{')) {
          const record = parseObject(text);
          return record === undefined ? reject('not a JSON object') : readRow(fieldsOf(record), context);
        }
        const found = headerOf(text);
        if (found !== undefined) {
          header = found;
          return skip('header line');
        }
        if (header === undefined) return reject('no header line of a roll-up before it');
        const { columns, delimiter } = header;
        const fields = splitCsv(text, delimiter);
        if (fields === undefined) return reject('a quoted field is not closed');
        return readRow((name) => known(columns.get(fields, name)), context);
      },
    };
  },
};
