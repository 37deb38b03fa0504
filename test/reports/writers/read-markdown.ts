/*
 * Reads the part of GitHub-flavoured Markdown that a report may use, by the rules of CommonMark 0.31 and GFM: headings, paragraphs, flat lists,
 * tables, `**` around a whole run, backslash escapes and entities. Whatever else would be markup is an error, and so is a bare address that
 * would become a link.
 */

const punctuation = /[!-/:-@[-`{-~]/;
const joiner = /\u2060/g;

/** The text of a file; throws where something in it is markup that a report does not have. */
export function readMarkdown(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  if (lines.pop() !== '') throw new Error('The file does not end with a line end.');
  const read: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const before = lines[i - 1] ?? '';
    if (/^#{1,6}( |$)/.test(line)) read.push(inline(line.replace(/^#+ ?/, '')));
    else if (/^- /.test(line)) {
      if (before !== '' && !before.startsWith('- ')) throw new Error(`A list begins in a paragraph: ${line}`);
      read.push(inline(line.slice(2)));
    } else if (line.startsWith('|')) read.push(...row(line, lines, i));
    else {
      if (before !== '') throw new Error(`Two lines make one paragraph: ${line}`);
      if (/^\s|^[*>]|^\+(\s|$)|^-(\s|-|$)|^=+\s*$|^\d{1,9}[.)](\s|$)|^(```|~~~)/.test(line) && !line.startsWith('**'))
        throw new Error(`A paragraph begins as another block: ${line}`);
      read.push(inline(line));
    }
  }
  return read.join('\n');
}

/** Cells of a line of a table: a pipe divides them unless a backslash stands before it. Every line has as many as the first. */
function row(line: string, lines: readonly string[], at: number): string[] {
  const split = (one: string): string[] => one.split(/(?<!\\)\|/).slice(1, -1);
  let first = at;
  while (lines[first - 1]?.startsWith('|')) first--;
  if (first > 0 && lines[first - 1] !== '') throw new Error(`A table begins in a paragraph: ${line}`);
  const cells = split(line);
  if (cells.length !== split(lines[first] ?? '').length) throw new Error(`Not as many cells as columns: ${line}`);
  if (at === first + 1) {
    if (!cells.every((cell) => /^ (:--|--:) $/.test(cell))) throw new Error(`No delimiter row: ${line}`);
    return [];
  }
  return cells.map((cell) => inline(cell.replaceAll('\\|', '|').replace(/^ +| +$/g, '')));
}

function inline(source: string): string {
  let text = '';
  let strong = false;
  for (let i = 0; i < source.length; i++) {
    const rest = source.slice(i);
    const entity = /^&(?:#(\d{1,7})|(amp|lt|gt));/.exec(rest);
    if (rest[0] === '\\' && punctuation.test(rest[1] ?? '')) text += source[++i];
    else if (entity !== null) {
      text +=
        entity[1] === undefined
          ? { amp: '&', lt: '<', gt: '>' }[entity[2] ?? '']
          : String.fromCodePoint(Number(entity[1]));
      i += entity[0].length - 1;
    } else if (rest.startsWith('**')) {
      // Flanking: a run opens before what is no blank, and closes behind it.
      if (/\s/.test((strong ? source[i - 1] : rest[2]) ?? ' ')) throw new Error(`Stars that are no markup: ${source}`);
      strong = !strong;
      i++;
    } else if (/[*_`[\]<>~\\&|$]/.test(rest[0] ?? '')) throw new Error(`Markup (${rest[0]}): ${source}`);
    else text += rest[0];
  }
  if (strong) throw new Error(`Bold without end: ${source}`);
  const links =
    /(?:https?|ftp):\/\/|www\.|[\w.+-]+@[\w-]+(?:\.[\w-]+)|(?:mailto|xmpp|javascript|data|file|vbscript):[^\s\u2060]|(?:^|\W)@\w|#\d|:[\w+-]+:/i.exec(
      text,
    );
  if (links !== null) throw new Error(`A bare link, mention or emoji: ${links[0]} in ${text}`);
  return text.replace(joiner, '');
}
