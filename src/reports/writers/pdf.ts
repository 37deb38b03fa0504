import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Content, Definition } from 'pdfmake';
import type { ReportDocument } from '../blocks/block.js';
import { visible } from '../html/markup.js';
import { slice } from '../html/text.js';
import { charactersOf } from './common/glyphs.js';
import { blockContent, colours, contentWidth, type Drawn } from './common/pdf-blocks.js';
import { aboutTitle } from './common/words.js';
import type { Writer } from './common/writer.js';

/** A4 with selectable text, drawn by pdfmake from the blocks themselves: no browser, and nothing that a text says is ever loaded. */
export const writer: Writer = {
  title: 'PDF',
  mediaType: 'application/pdf',
  extension: 'pdf',
  write: async (document) => {
    engine ??= engineOf();
    const { createPdf, drawn } = await engine;
    return new Uint8Array(await createPdf(definitionOf(document, drawn)));
  },
};

interface Engine {
  createPdf(definition: Definition): Promise<Uint8Array>;
  drawn: Drawn;
}
let engine: Promise<Engine> | undefined;

/** Loaded when the first PDF is written: the library and its fonts are large. */
async function engineOf(): Promise<Engine> {
  const { default: pdfmake } = await import('pdfmake');
  const { resolve } = createRequire(import.meta.url);
  const [normal, bold] = ['Roboto-Regular.ttf', 'Roboto-Medium.ttf'] as const;
  const has = [normal, bold].map((name) => {
    const font = readFileSync(resolve(`pdfmake/fonts/Roboto/${name}`));
    pdfmake.virtualfs.writeFileSync(name, font);
    return charactersOf(font);
  });
  pdfmake.setFonts({ Roboto: { normal, bold } });
  // The fonts are in memory, so there is nothing that it could have to open or to fetch.
  pdfmake.setLocalAccessPolicy(() => false);
  pdfmake.setUrlAccessPolicy(() => false);
  const known = (code: number): boolean => has.every((characters) => characters.has(code));
  return {
    createPdf: (definition) => pdfmake.createPdf(definition).getBuffer(),
    // What the fonts do not have would be an empty box: its number says at least which character it is.
    drawn: (text) =>
      Array.from(visible(text), (char) => {
        const code = char.codePointAt(0) ?? 0;
        return known(code) ? char : `\\u{${code.toString(16)}}`;
      }).join(''),
  };
}

/** Points. */
const pageHeight = 841.89;
const bottomMargin = 44;
/** A heading with the caption, header and first rows of a table. */
const roomAfterHeading = 120;

function definitionOf({ title, subtitle, answer, about, at, blocks }: ReportDocument, drawn: Drawn): Definition {
  const name = slice(drawn(title), 90);
  const when = new Date(at);
  const small = { fontSize: 8, color: colours.muted };
  return {
    content: [
      { text: drawn(title), bold: true, color: colours.muted, margin: [0, 0, 0, 3] },
      { text: drawn(answer), bold: true, fontSize: 15, lineHeight: 1.15, margin: [0, 0, 0, 4] },
      { text: drawn(subtitle), ...small, margin: [0, 0, 0, 8] },
      ...blocks.flatMap((block) => blockContent(block, drawn)),
      ...aboutContent(about, drawn),
    ],
    header: (page) => ({
      columns: [
        { text: page === 1 ? '' : name, ...small, width: contentWidth - 60 },
        { text: 'Halflight', ...small, alignment: 'right', width: 60 },
      ],
      margin: [42, 24, 42, 0],
    }),
    footer: (page, pages) => ({
      text: `Page ${page} of ${pages}`,
      ...small,
      alignment: 'right',
      margin: [42, 14, 42, 0],
    }),
    // A heading does not stay behind at the foot of a page. What follows it is no proof of room: a table that does not fit moves on later.
    pageBreakBefore: ({ headlineLevel, startPosition }) =>
      headlineLevel !== undefined && startPosition.top > pageHeight - bottomMargin - roomAfterHeading,
    defaultStyle: { font: 'Roboto', fontSize: 9.5, lineHeight: 1.2, color: colours.text },
    pageSize: 'A4',
    pageMargins: [42, 50, 42, bottomMargin],
    // The end of the period is the only time in the file, so that the same report is the same file.
    info: {
      title: name,
      subject: slice(drawn(subtitle), 300),
      author: 'Halflight',
      creator: 'Halflight',
      producer: 'Halflight',
      creationDate: when,
      modDate: when,
    },
    language: 'en',
    displayTitle: true,
    // From 1.4 on the library repeats title and subject in XML without escaping them.
    version: '1.3',
    compress: true,
  };
}

function aboutContent(about: ReportDocument['about'], drawn: Drawn): Content[] {
  const title: Content = {
    text: aboutTitle,
    bold: true,
    fontSize: 11,
    margin: [0, 14, 0, 4],
    headlineLevel: 2,
    outline: true,
  };
  if (about.length === 0) return [title];
  return [
    title,
    {
      table: {
        widths: [90, 405],
        body: about.map(({ label, value }) => [{ text: drawn(label), color: colours.muted }, { text: drawn(value) }]),
      },
      layout: {
        hLineWidth: () => 0,
        vLineWidth: () => 0,
        paddingLeft: () => 0,
        paddingTop: () => 1,
        paddingBottom: () => 1,
      },
      fontSize: 8.5,
    },
  ];
}
