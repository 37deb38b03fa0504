import { need } from './problem.js';

/**
 * The cells of a row of RFC 4180 without line breaks in cells; the row ends in CR. There is one way to read what is taken: a quotation
 * mark within a plain cell, or anything behind a closing one, is an error. @throws BundleError
 */
export function cellsOf(row: string, where: string): string[] {
  need(row.endsWith('\r'), 'number', `${where}: it does not end in CR and LF`);
  const line = row.slice(0, -1);
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    let end = line.indexOf(',', at);
    if (end === -1) end = line.length;
    if (line[at] === '"') {
      let close = line.indexOf('"', at + 1);
      while (close !== -1 && line[close + 1] === '"') close = line.indexOf('"', close + 2);
      const closed = close !== -1 && (close + 1 === line.length || line[close + 1] === ',');
      need(closed, 'number', `${where}: a quoted cell does not end where the next begins`);
      cells.push(line.slice(at + 1, close).replaceAll('""', '"'));
      end = close + 1;
    } else {
      const cell = line.slice(at, end);
      need(!cell.includes('"'), 'number', `${where}: a quotation mark stands in a plain cell`);
      cells.push(cell);
    }
    at = end + 1;
  }
  need(!line.includes('\r'), 'number', `${where}: a CR stands in a cell`);
  return cells;
}
