import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NEWLINE = 10;
const perFolder = 100;

/** Cuts a log without header at line ends into files of about the same size, in folders of a hundred. Returns how many there are. */
export function splitLog(path: string, folder: string, files: number): number {
  mkdirSync(folder);
  const bytes = readFileSync(path);
  const each = Math.floor(bytes.length / files);
  let made = 0;
  for (let from = 0; from < bytes.length; made++) {
    const end = bytes.indexOf(NEWLINE, Math.min(from + each, bytes.length) - 1) + 1 || bytes.length;
    const place = join(folder, String(Math.floor(made / perFolder)).padStart(4, '0'));
    if (made % perFolder === 0) mkdirSync(place);
    writeFileSync(join(place, `${String(made).padStart(6, '0')}.log`), bytes.subarray(from, end));
    from = end;
  }
  return made;
}
