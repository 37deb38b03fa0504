/**
 * What the speed path must know of a line to pass over it: a reader describes its records in these plain data, and one kernel
 * (src/scan/kernel) serves all formats.
 *
 * The promise of a reader that gives a layout: of every line that fits it, `read` makes exactly one event, of kind `web` or
 * `dns`, and its own state does not change. The event's host is the host of one of the steps `host` and `url`; its path is that
 * of the step `url` or `path`, as written, or there is none; its User-Agent is the text of a step `agent`, maybe with `+` and
 * `%20` undone, or there is none. A line that does not fit is read in full, so a layout may be as narrow as it likes.
 */
export interface Layout {
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
  /** Blanks and a number of so many digits; `negative`: maybe below zero, `dash`: or a hyphen instead. */
  | { do: 'number'; min: number; max: number; negative?: boolean; dash?: boolean }
  | { do: 'literal'; text: string }
  /** Anything. `last`: the line may end instead. */
  | { do: 'skip'; until: string; not?: string; last?: boolean }
  /** A pattern of fixed length: `0` digit, `A` capital, `a` small letter, `_` digit or blank; other characters stand for themselves. */
  | { do: 'pattern'; text: string }
  | { do: 'word'; until: string; not?: string; judge: Judge }
  | { do: 'agent'; until: string; not?: string }
  | { do: 'host'; until: string }
  /** A URL, `host:port`, `host/path` or `/path`. `dotted`: its host has a dot and no underscore. */
  | { do: 'url'; until: string; not?: string; dotted?: boolean }
  | { do: 'path'; until: string; not?: string }
  /** Capitals and underscores, 1 to 15. */
  | { do: 'capitals' }
  /** Fields between blanks, quoted or not, and no tab between them. */
  | { do: 'fields'; count: number }
  /** Fields of a CSV in which all fields are quoted; the first quote is behind, and so it is afterwards. */
  | { do: 'quoted'; count: number }
  /** Fields between tabs, the last with its tab. */
  | { do: 'tabbed'; count: number }
  /** The line does not end in it. */
  | { do: 'not-last'; text: string }
  /** The end of the line, anything up to it, or a few more words between blanks up to it. */
  | { do: 'end' }
  | { do: 'rest' }
  | { do: 'words'; most: number }
  /** The whole line is a JSON object, or pairs `key=value`; keys with these bits must all be there. */
  | { do: 'json'; required: number }
  | { do: 'pairs'; required: number };

/**
 * What is done with the value of a key: `any` passes over it, `look` has the line read in full. `text` is a string, `time` a
 * number of seconds since 1970.
 */
export type KeyUse = 'any' | 'look' | 'text' | 'time' | 'host' | 'url' | 'path' | 'agent' | Judge;
/** `bit`: one of 1 to 32768, for `required`. A constant of its module. */
export type KeyRule = (key: string) => { use: KeyUse; bit?: number };
