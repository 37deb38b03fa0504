import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { needs } from '../../helpers/needs.js';
import { shown } from './hostile.js';

/** The text of a PDF in the order in which it is drawn, by poppler. */
export function readPdf(bytes: Uint8Array): string {
  const { stdout, stderr, status } = spawnSync(
    needs('pdftotext', 'poppler-utils'),
    ['-raw', '-enc', 'UTF-8', '-', '-'],
    { input: bytes, maxBuffer: 64 << 20 },
  );
  if (status !== 0 || stderr.length > 0) throw new Error(`pdftotext: ${status} ${stderr.toString()}`);
  return stdout.toString();
}

/** What fontconfig says that a font of the library has: ranges of numbers of characters. */
function charactersOf(name: string): (code: number) => boolean {
  const file = createRequire(import.meta.url).resolve(`pdfmake/fonts/Roboto/${name}`);
  const { stdout } = spawnSync(needs('fc-query', 'fontconfig'), ['--format', '%{charset}', file], { encoding: 'utf8' });
  const ranges = stdout.split(' ').map((range) => range.split('-').map((end) => Number.parseInt(end, 16)));
  return (code) => ranges.some(([from = 0, to = from]) => code >= from && code <= to);
}

const fonts = ['Roboto-Regular.ttf', 'Roboto-Medium.ttf'].map(charactersOf);

/** A text as a reader of the PDF sees it: what the fonts do not have as its number. */
export const shownInPdf = (text: string): string =>
  Array.from(shown(text), (char) => {
    const code = char.codePointAt(0) ?? 0;
    return fonts.every((has) => has(code)) ? char : `\\u{${code.toString(16)}}`;
  }).join('');
