import { Columns } from '../../core/csv.js';
import type { FormatContext } from '../../core/format.js';
import { isObject, type JsonObject } from '../../core/json.js';
import { known, whole } from '../../core/text.js';
import { parseStamp } from './stamp.js';

/** Words with which products say that a field holds nothing. */
const nothing = /^(?:n\/a|none|null|\(null\)|undefined|unset|unknown|not available)$/i;

const remembered = new WeakMap<JsonObject, FlatRecord>();

/**
 * A record whose fields lie side by side. Names are found whatever their case, blanks, `_`, `-` and `.` (`Src-IP` is `srcip`), since
 * versions of one product spell them differently; of equal names the first counts. Values may be text or numbers.
 */
export class FlatRecord {
  readonly #fields = new Map<string, unknown>();

  constructor(fields: Iterable<readonly [string, unknown]>) {
    for (const [key, value] of fields) {
      const name = Columns.fold(key.slice(0, 64));
      if (!this.#fields.has(name)) this.#fields.set(name, value);
    }
  }

  /** Of a JSON object; remembered, since detection asks several formats about the same objects. */
  static of(object: JsonObject): FlatRecord {
    let record = remembered.get(object);
    if (record === undefined) {
      record = new FlatRecord(Object.entries(object));
      remembered.set(object, record);
    }
    return record;
  }

  /** Of an object that may hold others: a value is found by its path (`source.ip` is `sourceip`), else by the last step of it. */
  static deep(object: JsonObject): FlatRecord {
    const paths: [string, unknown][] = [];
    const leaves: [string, unknown][] = [];
    const visit = (part: JsonObject, prefix: string, depth: number): void => {
      for (const [key, value] of Object.entries(part)) {
        if (isObject(value) && depth > 0) visit(value, `${prefix}${key}.`, depth - 1);
        else {
          paths.push([prefix + key, value]);
          if (prefix !== '') leaves.push([key, value]);
        }
      }
    };
    visit(object, '', 3);
    return new FlatRecord([...paths, ...leaves]);
  }

  /** How many of the names, given folded (`srcip`), the record has. */
  count(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + Number(this.#fields.has(name)), 0);
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => this.#fields.has(name));
  }

  /** The first of the fields that holds something, as text; of a list its first element. Names are given folded. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const field = this.#fields.get(name);
      const value: unknown = Array.isArray(field) ? (field as unknown[])[0] : field;
      if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
      const text = typeof value === 'string' ? known(value) : undefined;
      if (text !== undefined && !nothing.test(text)) return text;
    }
    return undefined;
  }

  /** A whole number, 0 or more. */
  number(...names: readonly string[]): number | undefined {
    for (const name of names) {
      const value = whole(this.text(name)?.replace(/\.0+$/, ''));
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** A whole number above 0: many products write 0 for what there is none of. */
  positive(...names: readonly string[]): number | undefined {
    const value = this.number(...names);
    return value === 0 ? undefined : value;
  }

  /** `true`, `1`, `yes` and their opposites, also as text. */
  flag(...names: readonly string[]): boolean | undefined {
    const text = this.text(...names)?.toLowerCase();
    if (text === 'true' || text === '1' || text === 'yes') return true;
    return text === 'false' || text === '0' || text === 'no' ? false : undefined;
  }

  /** The first of the fields that is a time in any shape, epochs of any unit among them; `zone` holds where it states none. */
  time({ modified }: Pick<FormatContext, 'modified'>, zone: string, ...names: readonly string[]): number | undefined {
    for (const name of names) {
      const text = this.text(name);
      const time = text === undefined ? undefined : parseStamp(text, zone, modified);
      if (time !== undefined) return time;
    }
    return undefined;
  }

  value(name: string): unknown {
    return this.#fields.get(name);
  }

  keys(): Iterable<string> {
    return this.#fields.keys();
  }
}

/** Text that is a host name or address and not a title such as `Google Drive`. */
export const hostLike = (text: string | undefined): string | undefined =>
  text !== undefined && /^[^\s/]{1,253}\.[^\s/]{1,63}$|^\[?[\da-f:]{2,45}\]?$/i.test(text) ? text : undefined;

/** Whether a record says where a client went, and when, who or from where: enough to read it where its format is stated. */
export function namesTarget(record: FlatRecord): boolean {
  const where =
    'dsthost destinationhost fqdn url requesturl fullurl uri domain domainname hostname httphost dst dstip dest destip destinationip dstdomain serverip'.split(
      ' ',
    );
  const who = 'time timestamp eventtime datetime date user username userid src srcip sourceip clientip xclientip'.split(
    ' ',
  );
  return record.count(where) > 0 && record.count(who) > 0;
}
