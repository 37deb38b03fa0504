// How text is measured and broken for a terminal and for mail: by columns, not by characters.

/** Breaks text at blanks; a word longer than the width is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    let rest = word;
    if (line !== '' && columnsOf(line) + 1 + columnsOf(rest) > width) {
      lines.push(line);
      line = '';
    }
    // Piece by piece, so that a word of any length costs no more than its length.
    for (let piece = cut(rest, width); piece.length < rest.length; piece = cut(rest, width)) {
      lines.push(piece);
      rest = rest.slice(piece.length);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

// East Asian wide characters and emoji take two columns, combining marks none. Near enough: terminals themselves differ at the edges.
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const columnsOfChar = (char: string): number => (/\p{M}/u.test(char) ? 0 : wide.test(char) ? 2 : 1);

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  if (isAscii(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += columnsOfChar(char);
  return columns;
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** The text in so many columns, no more and no less: cut with an ellipsis, or filled with blanks. */
export function fitted(text: string, width: number): string {
  const shown = columnsOf(text) <= width ? text : `${cut(text, width - 1)}…`;
  return shown + ' '.repeat(Math.max(0, width - columnsOf(shown)));
}

/** As many whole characters as fit in so many columns, one at least. */
export function cut(text: string, width: number): string {
  let end = 0;
  let columns = 0;
  for (const char of text) {
    columns += columnsOfChar(char);
    if (columns > width && end > 0) break;
    end += char.length;
  }
  return text.slice(0, end);
}
