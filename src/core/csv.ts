import { Memo } from './memo.js';

/**
 * Splits one CSV record (RFC 4180, loosely): quoted fields with doubled quotes, delimiters and newlines inside; blanks
 * before an opening quote are dropped; a quote inside an unquoted field is text. Undefined when a quote never closes.
 */
export function splitCsv(record: string, delimiter = ','): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let start = at;
    while (record[start] === ' ' && delimiter !== ' ') start++;
    if (record[start] === '"') {
      let field = '';
      let from = start + 1;
      for (;;) {
        const quote = record.indexOf('"', from);
        if (quote < 0) return undefined;
        field += record.slice(from, quote);
        from = quote + 1;
        if (record[from] !== '"') break;
        field += '"';
        from++;
      }
      const next = record.indexOf(delimiter, from);
      fields.push(field + record.slice(from, next < 0 ? record.length : next).trimEnd());
      if (next < 0) return fields;
      at = next + 1;
    } else {
      const next = record.indexOf(delimiter, at);
      fields.push(record.slice(at, next < 0 ? record.length : next));
      if (next < 0) return fields;
      at = next + 1;
    }
  }
}

/** The delimiter among `,` `;` tab `|` that splits a header line into the most fields. */
export function sniffDelimiter(header: string): string {
  let [best, most] = [',', 0];
  for (const delimiter of [',', ';', '\t', '|']) {
    const count = splitCsv(header, delimiter)?.length ?? 0;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
}

/** Folded names of columns that code asks for: a seventh of the time of scanning many small files went into folding them anew. */
const asked = new Memo<string>(4096);

/** Header names -> column index, without regard to case, blanks, hyphens and underscores; the first of equal names wins. */
export class Columns {
  readonly #index = new Map<string, number>();
  constructor(header: readonly string[]) {
    for (const [i, name] of header.entries()) {
      const key = Columns.fold(name);
      if (!this.#index.has(key)) this.#index.set(key, i);
    }
  }
  static fold(name: string): string {
    if (/^[a-z0-9]*$/.test(name)) return name;
    return name
      .toLowerCase()
      .replace(/[\s_\-.]+/g, '')
      .trim();
  }
  /** `names` are those that code asks for: few, and the same for every record. */
  has(...names: readonly string[]): boolean {
    return names.some((name) => this.#index.has(asked.get(name, Columns.fold)));
  }
  /** Number of a column from 1; undefined where there is none of that name. */
  number(name: string): number | undefined {
    const index = this.#index.get(Columns.fold(name));
    return index === undefined ? undefined : index + 1;
  }
  /** The fields with the folded names of their columns. */
  entries(fields: readonly string[]): [string, string][] {
    return [...this.#index].map(([name, index]) => [name, fields[index] ?? '']);
  }
  /** First of the names that the header has and whose field is not empty. */
  get(fields: readonly string[], ...names: readonly string[]): string | undefined {
    for (const name of names) {
      const index = this.#index.get(asked.get(name, Columns.fold));
      const value = index === undefined ? undefined : fields[index]?.trim();
      if (value !== undefined && value !== '') return value;
    }
    return undefined;
  }
}
