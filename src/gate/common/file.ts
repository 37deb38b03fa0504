import { commentRanges } from './comments.js';
import { type Kind, type Language, type Syntax, typeOf } from './languages.js';

/** The name of a file in the repository. */
export interface FileName {
  /** From the root of the repository, with `/`. */
  path: string;
  /** The last part. */
  name: string;
  /** The folder; empty for the root. */
  folder: string;
  kind: Kind;
  syntax: Syntax;
  language: Language;
}

export function fileName(path: string): FileName {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  return { path, name, folder: slash < 0 ? '' : path.slice(0, slash), ...typeOf(name) };
}

/** What a reader cannot go on from; what it found before stands. */
export class Unreadable extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A file of the repository with its text. Lines and comments are worked out when they are first asked for. */
export class SourceFile {
  readonly name: FileName;
  readonly text: string;
  #breaks: number[] | undefined;
  #comments: number[] | undefined;

  constructor(name: FileName, text: string) {
    this.name = name;
    this.text = text;
  }

  /** 1-based line of a place in the text. */
  lineOf(offset: number): number {
    this.#breaks ??= lineBreaks(this.text);
    return countBelow(this.#breaks, offset) + 1;
  }

  /** Whether the place lies in a comment or in documentation inside the code. */
  inComment(offset: number): boolean {
    this.#comments ??= commentRanges(this.text, this.name.syntax);
    return countBelow(this.#comments, offset + 1) % 2 === 1;
  }
}

function lineBreaks(text: string): number[] {
  const breaks: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at);
  return breaks;
}

/** How many of the ascending numbers are less than `limit`. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
