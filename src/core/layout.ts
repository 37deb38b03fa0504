/**
 * What the speed path must know of a line to pass over it: a reader describes its records in these plain data, and one kernel
 * (src/scan/kernel) serves all formats.
 *
 * The promise of a reader that gives a layout: of every line that fits it, `read` makes exactly one event, of kind `web` or
 * `dns`, and its own state does not change. The event's host is the host of one of the steps `host` and `url`; its path is that
 * of the step `url` or `path`, as written, or there is none; its User-Agent is the text of a step `agent`, maybe with `+` and
 * `%20` undone, or there is none. A line that does not fit is read in full, so a layout may be as narrow as it likes.
 */
export type Layout = TableLayout | LineLayout;

/** Lines that are rows of fields; the fastest. Quoted fields are whole: a quote opens where a field begins and closes where it ends, `""` within stands for one. */
export interface TableLayout {
  /** What stands between fields: one blank or more (no tab in the line, no field that begins with `[` where quotes are allowed), a tab, a comma. */
  readonly by: 'blanks' | 'blanks, quotes' | 'tabs' | 'tabs, quotes' | 'commas, quotes';
  /** Tried in turn. */
  readonly rows: readonly Row[];
}

export interface Row {
  /** So many fields. */
  readonly min: number;
  readonly max: number;
  readonly checks: readonly Check[];
}

/** What the field at this index, from 0, must be; `next`: the byte behind that part of it, and then anything. `quoted`: it is in quotes. */
export type Check = { field: number; next?: string; quoted?: boolean } & (Content | FieldContent);

type FieldContent =
  | { do: 'any' }
  /** `22:15:00` */
  | { do: 'clock' }
  /** `Sun Nov 22 22:15:00 2026`, of the third millennium; the judge is given `Sun Nov 22 `. */
  | { do: 'ctime'; judge: Judge }
  /** The line, not the field, does not end in it. */
  | { do: 'not-last'; text: string };

type Content =
  /** A number of so many digits; `negative`: maybe below zero, `dash`: or a hyphen instead. */
  | { do: 'number'; min: number; max: number; negative?: boolean; dash?: boolean }
  /** A pattern of fixed length: `0` digit, `A` capital, `a` small letter, `_` digit or blank; other characters stand for themselves. */
  | { do: 'pattern'; text: string }
  | { do: 'word'; judge: Judge }
  | { do: 'agent' }
  | { do: 'host' }
  /** A URL, `host:port`, `host/path` or `/path`; `not`: a byte that must not be in it. `dotted`: no scheme, and a host with a dot and no underscore. */
  | { do: 'url'; not?: string; dotted?: boolean }
  | { do: 'path'; not?: string }
  /** Capitals and underscores, 1 to 15. */
  | { do: 'capitals' };

/** Lines of any other shape, read from left to right. */
export interface LineLayout {
  /** Tried in turn. */
  readonly shapes: readonly (readonly Step[])[];
  /** For the steps `json` and `pairs`: what is to be done with the value of a key. */
  readonly keys?: KeyRule;
}

/** Says of a word in a fixed place (a result code, a date) that the line keeps the promise with it. A constant of its module. */
export type Judge = (word: string) => boolean;

/** A part of a line, and maybe what must follow it: a byte, or one blank or more. */
export type Step = Part & { next?: string };
export const blanks = 'blanks';

/** `until`: the byte that ends a part, itself not taken; at the end of the line parts end, too. `not`: a byte that must not come before. */
type Part =
  /** Blanks and a number. */
  | Extract<Content, { do: 'number' | 'pattern' | 'capitals' }>
  | { do: 'literal'; text: string }
  /** Anything. `last`: the line may end instead. */
  | { do: 'skip'; until: string; not?: string; last?: boolean }
  | (Extract<Content, { do: 'word' | 'agent' | 'host' | 'url' | 'path' }> & { until: string; not?: string })
  /** The end of the line, anything up to it, or a few more words between blanks up to it. */
  | { do: 'end' }
  | { do: 'rest' }
  | { do: 'words'; most: number }
  /** The whole line is a JSON object, or pairs `key=value`; keys with these bits must all be there. */
  | { do: 'json'; required: number }
  | { do: 'pairs'; required: number };

/**
 * What is done with the value of a key: `any` passes over it, `look` has the line read in full. `text` is a string, `time` a
 * number of seconds since 1970. A judge is given a string, `scalar` a string or a number, as written. `into`: an object, to whose keys the same rule applies. `dotted-url`: see `dotted` of `url`.
 */
export type KeyUse =
  | 'any'
  | 'look'
  | 'text'
  | 'time'
  | 'host'
  | 'url'
  | 'dotted-url'
  | 'path'
  | 'agent'
  | 'into'
  | Judge
  | { readonly scalar: Judge };
/** `bit`: one of 1 to 32768, for `required`. A constant of its module. */
export type KeyRule = (key: string) => { readonly use: KeyUse; readonly bit?: number };
