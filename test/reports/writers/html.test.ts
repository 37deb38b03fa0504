import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { expect, test } from 'vitest';
import { writersOf } from '../../../src/reports/writers.js';
import { writerContract } from '../../contracts/writer.js';
import { october } from './document.js';
import { hostileDocument, turns } from './hostile.js';
import { readHtml, skeletonOf } from './read-html.js';
import { mapTexts } from './texts.js';

writerContract({ id: 'html', read: (bytes) => readHtml(bytes) });

test('no text of a report makes a tag, an attribute or a comment of the page', async () => {
  const writer = (await writersOf()).get('html');
  for (const turn of turns) {
    const document = hostileDocument(turn);
    // As long and as broken as the original, since the room of a cell depends on it.
    const benign = mapTexts(document, (text) => text.replace(/\S/gu, (char) => 'x'.repeat(char.length)));
    const [page, plain] = await Promise.all([writer?.write(document), writer?.write(benign)]);
    expect(skeletonOf(page)).toEqual(skeletonOf(plain));
  }
});

test('chapters are linked, and everything has its heading', async () => {
  const page = parse(Buffer.from((await (await writersOf()).get('html')?.write(october)) ?? []).toString());
  const links: string[] = [];
  const ids: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      for (const { name, value } of node.attrs) {
        if (name === 'href' && node.tagName === 'a') links.push(value);
        if (name === 'id') ids.push(value);
      }
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(page);
  expect(links).toEqual(['#main', '#what-changed', '#use', '#governance', '#register', '#about']);
  for (const link of links) expect(ids).toContain(link.slice(1));
});
