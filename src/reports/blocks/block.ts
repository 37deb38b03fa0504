// What a periodic report says, apart from how it looks: sections make blocks of a period, and every writer (HTML, mail, PDF, Markdown,
// CSV) draws the same ones. Plain data. Texts hold log data: each writer escapes them for its place. Numbers and times are texts already,
// so that all writers show the same.

/** One cell of a table. */
export interface Cell {
  text: string;
  /** The value behind the text, where others reckon with it: CSV writes this. */
  value?: number | string | undefined;
  tone?: Tone | undefined;
}

/** How something is to be taken: never by colour alone, the text says it too. */
export type Tone = 'good' | 'neutral' | 'warning' | 'bad';

export interface Column {
  /** Header in CSV: `snake_case`. */
  key: string;
  title: string;
  align: 'start' | 'end';
  /** Share of the width, 1 by default. */
  weight?: number | undefined;
}

/** A table; `id` names its file in CSV and is unique in the report. */
export interface TableBlock {
  kind: 'table';
  id: string;
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  /** How many of the rows a reader is shown; absent: all. What is read by programs (CSV) has all of them. */
  shown?: number | undefined;
  /** Rows that were left out. */
  more: number;
  /** What is said instead of a table without rows. */
  empty: string;
}

/** A few figures side by side, with what they were before. */
export interface FiguresBlock {
  kind: 'figures';
  items: readonly { label: string; value: string; note: string; tone: Tone }[];
}

/** Horizontal bars; `before` is the same value of the period before. */
export interface BarsBlock {
  kind: 'bars';
  caption: string;
  unit: string;
  bars: readonly { label: string; value: number; text: string; before?: number | undefined }[];
}

export type Block =
  | { kind: 'heading'; id: string; level: 2 | 3; text: string }
  | { kind: 'text'; text: string; tone: Tone }
  | { kind: 'list'; items: readonly string[] }
  | FiguresBlock
  | TableBlock
  | BarsBlock;

/** A periodic report. The same document gives the same bytes, whichever writer and whenever. */
export interface ReportDocument {
  title: string;
  /** The period, the role it was made for, and the organisation's zone, in words. */
  subtitle: string;
  /** What it was made by and of: versions, hashes, checkpoint; shown at the end. */
  about: readonly { label: string; value: string }[];
  /** The end of the period, milliseconds since 1970: the only time that a writer may put into a file. */
  at: number;
  /** The result in one or two sentences; first in a mail, and its preview. */
  answer: string;
  blocks: readonly Block[];
}

/** The document as people read it: of each table the rows that are shown, and the others counted. */
export const shownDocument = (document: ReportDocument): ReportDocument => ({
  ...document,
  blocks: document.blocks.map((block) => {
    if (block.kind !== 'table' || block.shown === undefined) return block;
    const { shown, ...table } = block;
    const rows = table.rows.slice(0, shown);
    return { ...table, rows, more: table.more + table.rows.length - rows.length };
  }),
});
