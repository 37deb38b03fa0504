import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { readLowConfidence } from '../../src/catalog/load.js';
import { LowConfidenceList, lowConfidenceRows } from '../../src/catalog/low-confidence.js';
import { temporaryFolder } from '../helpers/cli.js';
import { service } from '../helpers/service.js';

const text = [
  '# a note',
  'host\tname\tcategory\tsource',
  'maybe.example\tMaybe\tchat\ta list',
  'pics.maybe.example\tMaybe Pics\timage\ta list; another list',
  'half-a-row.example\tHalf',
  'odd.example\tOdd\tgossip\ta list',
  '',
].join('\n');

describe('the low-confidence list', () => {
  const list = new LowConfidenceList(text);
  it.each([
    ['maybe.example', 'Maybe'],
    ['www.maybe.example', 'Maybe'],
    ['pics.maybe.example', 'Maybe Pics'],
    ['a.b.pics.maybe.example', 'Maybe Pics'],
    ['notmaybe.example', undefined],
    ['maybe.example.net', undefined],
    ['example', undefined],
    ['half-a-row.example', undefined],
    ['odd.example', undefined],
    ['host', undefined],
    ['', undefined],
  ])('%s is %s', (host, name) => expect(list.find(host)?.name).toBe(name));

  it('says all that the row says', () =>
    expect(list.find('x.pics.maybe.example')).toEqual({
      host: 'pics.maybe.example',
      name: 'Maybe Pics',
      category: 'image',
      source: 'a list; another list',
    }));
  it('gives its rows with their lines', () =>
    expect([...lowConfidenceRows(text)].map(({ host, line }) => [host, line])).toEqual([
      ['maybe.example', 3],
      ['pics.maybe.example', 4],
    ]));

  it('is part of the catalog and of its version, and makes no service', () => {
    const alpha = [service({ id: 'alpha', hosts: ['alpha.example'] })];
    const catalog = compileCatalog(alpha, text);
    expect(catalog.lowConfidence('www.maybe.example')?.category).toBe('chat');
    expect(catalog.targets.find('www.maybe.example', undefined)).toBeUndefined();
    expect(catalog.hash).not.toBe(compileCatalog(alpha).hash);
    expect(compileCatalog(alpha, catalog.lowConfidenceList.text).hash).toBe(catalog.hash);
    expect(compileCatalog(alpha).lowConfidence('maybe.example')).toBeUndefined();
  });

  it('is read from every folder that has one, and a later row for a host replaces an earlier one', () => {
    const folders = [text, undefined, 'maybe.example\tOurs\tchat\tour own list\n'].map((content) =>
      temporaryFolder(content === undefined ? {} : { 'low-confidence.tsv': content }),
    );
    const all = new LowConfidenceList(readLowConfidence(folders));
    expect(all.find('maybe.example')?.name).toBe('Ours');
    expect(all.find('pics.maybe.example')?.name).toBe('Maybe Pics');
    expect(all.size).toBe(2);
  });
});
