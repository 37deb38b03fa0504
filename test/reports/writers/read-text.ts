// Columns that a character takes, near enough, by scripts instead of ranges.
const columnsOf = (char: string): number => {
  if (/\p{M}/u.test(char)) return 0;
  const wide = /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hira}\p{sc=Kana}\p{EPres}\uff01-\uff60]/u;
  return wide.test(char) ? 2 : 1;
};
const widthOf = (text: string): number => Array.from(text, columnsOf).reduce((total, one) => total + one, 0);

/** The part of a line between two columns. */
function between(line: string, from: number, to: number): string {
  let at = 0;
  let part = '';
  for (const char of line) {
    if (at >= from && at < to) part += char;
    at += columnsOf(char);
  }
  return part;
}

/** The text of a file, tables read down their columns; throws where a line is too long or holds what a terminal obeys. */
export function readText(bytes: Uint8Array, width = 80): string {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  for (const line of lines) {
    if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line))
      throw new Error(`A line holds a control character: ${JSON.stringify(line)}`);
    if (widthOf(line) > width) throw new Error(`A line of ${widthOf(line)} columns: ${line}`);
  }
  const read: string[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (lines[end] !== undefined && lines[end] !== '') end++;
    const block = lines.slice(at, end);
    const rule = block.find((line) => /^-+( {2}-+)+$/.test(line));
    // The last column may stand below each row, four columns in.
    read.push(rule === undefined ? block.join('\n') : block.filter((line) => /^ {4}\S/.test(line)).join(' '));
    if (rule !== undefined)
      for (const column of rule.matchAll(/-+/g))
        read.push(...block.map((line) => between(line, column.index, column.index + column[0].length + 1)));
    at = end + 1;
  }
  return read.join('\n');
}
