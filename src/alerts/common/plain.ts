// C0 and C1 control characters and line separators end lines somewhere; a run of them and of blanks is one blank.
const gaps =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
  /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
// Half characters, and what is invisible or turns the text round: a reader must see what is there.
const unseen =
  /[\p{Surrogate}\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/gu;

/**
 * Text from strangers as one line of plain text of at most so many UTF-16 units: no control, invisible or direction-turning
 * characters, no leading, trailing or doubled blanks. What was cut ends with `…`. Twice is the same as once.
 */
export function plainLine(text: string, most: number): string {
  // Cut first, so that a hostile length costs nothing.
  const line = text
    .slice(0, most * 4)
    .replace(unseen, '\ufffd')
    .replace(gaps, ' ')
    .trim();
  if (line.length <= most && text.length <= most * 4) return line;
  return `${line
    .slice(0, most - 1)
    .replace(/\p{Surrogate}$/u, '')
    .trimEnd()}…`;
}
