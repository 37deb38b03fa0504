import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Block } from '../../../src/reports/blocks/block.js';
import { type NamedWriter, writersOf } from '../../../src/reports/writers.js';
import { writerContract } from '../../contracts/writer.js';
import { needs } from '../../helpers/needs.js';
import { october } from './document.js';
import { hostileDocument, turns } from './hostile.js';
import { readPdf, shownInPdf } from './read-pdf.js';
import { mapTexts } from './texts.js';

// A PDF takes a while: all turns are for a run by hand.
const few = process.env.ESCAPER_STRINGS === undefined ? [0, 7, 21, 40] : turns;
writerContract({ id: 'pdf', read: readPdf, shown: shownInPdf, turns: few });

describe('a PDF', () => {
  let writer: NamedWriter;
  const folder = mkdtempSync(join(tmpdir(), 'halflight-pdf-'));
  beforeAll(async () => {
    const found = (await writersOf()).get('pdf');
    if (found === undefined) throw new Error('There is no writer pdf.');
    writer = found;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const poppler = (
    program: string,
    bytes: Uint8Array,
    args: readonly string[] = [],
    to: readonly string[] = [],
  ): string => {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, bytes);
    const { stdout, stderr, status } = spawnSync(needs(program, 'poppler-utils'), [...args, file, ...to], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return stdout;
  };

  it('says what it is, and has no time but the end of the period', async () => {
    const bytes = await writer.write(october);
    const info = poppler('pdfinfo', bytes, ['-isodates']);
    expect(info).toMatch(/^Title: +AI in use, October 2026$/m);
    expect(info).toMatch(/^CreationDate: +2026-10-31T23:00:00Z$/m);
    expect(info).toMatch(/^ModDate: +2026-10-31T23:00:00Z$/m);
    expect(info).toMatch(/^Page size: .*A4/m);
    expect(Buffer.from(bytes).toString('latin1')).toContain('/Lang (en)');
  });

  it('has numbered pages, and repeats caption and header of a table on each', async () => {
    const pages = readPdf(await writer.write(october))
      .split('\f')
      .slice(0, -1);
    expect(pages.length).toBeGreaterThanOrEqual(3);
    for (const [i, page] of pages.entries()) expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
    const withRows = pages.filter((page) => /^Entry \d\d: /m.test(page));
    expect(withRows.length).toBeGreaterThanOrEqual(2);
    for (const page of withRows)
      expect(page).toMatch(/All entries of the register\s+Entry\s+Status\s+Owner\s+People\s+Recertified/);
  });

  it('never leaves a heading behind at the foot of a page', async () => {
    // Lines before push the headings down the page, a little more each time.
    for (let lines = 0; lines < 36; lines += 2) {
      const before: Block[] = Array.from({ length: lines }, () => ({ kind: 'text', tone: 'neutral', text: 'A line.' }));
      const blocks = [...before, ...october.blocks];
      for (const page of readPdf(await writer.write({ ...october, blocks }))
        .split('\f')
        .slice(0, -1)) {
        const last = page
          .trim()
          .split('\n')
          .filter((line) => !/^Page \d+ of/.test(line))
          .at(-1);
        expect(['Use', 'By group', 'Governance', 'Register', 'About this report']).not.toContain(last);
      }
    }
  });

  it('has nothing that runs, leads elsewhere or is a picture, whatever the texts are', async () => {
    for (const turn of few) {
      const bytes = await writer.write(hostileDocument(turn));
      // Version 1.3 has no compressed objects, so that all dictionaries can be read.
      const raw = Buffer.from(bytes)
        .toString('latin1')
        .replace(/stream\r?\n[\s\S]*?endstream/g, '');
      expect(raw).toMatch(/^%PDF-1\.3/);
      expect(raw).toContain('/Type /Page');
      const names = raw.replace(/\((?:\\[\s\S]|[^\\)])*\)/g, '()');
      expect(names).not.toMatch(
        /\/(URI|JS|JavaScript|Launch|GoToR|SubmitForm|ImportData|Annots?|OpenAction|AA|EmbeddedFiles?|Filespec|AcroForm|RichMedia)\b/,
      );
      expect(poppler('pdfimages', bytes, ['-list']).trim().split('\n')).toHaveLength(2);
      expect(poppler('pdfdetach', bytes, ['-list'])).toMatch(/^0 embedded files/);
    }
  });

  it('embeds its fonts, so that every reader shows the same', async () => {
    const fonts = poppler('pdffonts', await writer.write(october))
      .trim()
      .split('\n')
      .slice(2);
    expect(fonts).toHaveLength(2);
    for (const font of fonts) expect(font).toMatch(/Roboto.* yes yes yes /);
  });

  it('stays within the page, however long a word is', async () => {
    const wide = mapTexts(october, (text) => text + 'W'.repeat(70));
    const boxes = poppler('pdftotext', await writer.write(wide), ['-bbox'], ['-']).matchAll(
      /xMin="([\d.-]+)".*?xMax="([\d.]+)"/g,
    );
    for (const [, from, to] of boxes) {
      expect(Number(from)).toBeGreaterThan(40);
      expect(Number(to)).toBeLessThan(555);
    }
  });
});
