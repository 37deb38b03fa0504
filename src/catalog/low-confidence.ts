import { type Category, categories } from './categories.js';

// Hosts that some list calls AI and of which nobody can say more: they make candidates, never findings. The list is one
// tab-separated file, since a signature file each would only repeat the row.

/** Categories of the catalog, and two of which the catalog has no service. */
export type LowCategory = Category | 'game' | 'unclassified';

/** A row of `low-confidence.tsv`. */
export interface LowConfidence {
  /** Stands for itself and every host below it. */
  host: string;
  name: string;
  category: LowCategory;
  /** The lists that name it. */
  source: string;
}

export const lowConfidenceFile = 'low-confidence.tsv';
export const lowConfidenceHeader = 'host\tname\tcategory\tsource';

/** Rows of the file's text; lines that are none (header, comments with `#`, too few columns) are passed over. */
export function* lowConfidenceRows(text: string): Generator<LowConfidence & { line: number }> {
  let line = 0;
  for (const row of text.split('\n')) {
    line += 1;
    if (row === '' || row.startsWith('#') || row === lowConfidenceHeader) continue;
    const [host, name, category, source] = row.split('\t');
    if (host === undefined || name === undefined || category === undefined || source === undefined) continue;
    if (isLowCategory(category)) yield { host, name, category, source, line };
  }
}

export const isLowCategory = (text: string): text is LowCategory =>
  Object.hasOwn(categories, text) || text === 'game' || text === 'unclassified';

/** Finds the row of a host or of its nearest parent. Nothing is read before the first question. */
export class LowConfidenceList {
  /** The file as it is; several folders' one behind the other. */
  readonly text: string;
  #rows: Map<string, LowConfidence> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** `host` canonical. The longest name wins: `a.b.example` before `b.example`. */
  find(host: string): LowConfidence | undefined {
    const rows = this.#all();
    for (let at = 0; at >= 0; at = host.indexOf('.', at) + 1 || -1) {
      const row = rows.get(at === 0 ? host : host.slice(at));
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /** All names. */
  hosts(): string[] {
    return [...this.#all().keys()];
  }

  get size(): number {
    return this.#all().size;
  }

  #all(): Map<string, LowConfidence> {
    if (this.#rows === undefined) {
      this.#rows = new Map();
      for (const { line, ...row } of lowConfidenceRows(this.text)) this.#rows.set(row.host, row);
    }
    return this.#rows;
  }
}
