import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { halflight, readText, root, scanReport, squidLine, temporaryFolder } from '../helpers/cli.js';

const acme = join(root, 'examples/acme');
const registers = ['--people', join(acme, 'people.csv'), '--inventory', join(acme, 'inventory.yaml')];
const rows = readText(acme, 'people.csv')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));
/** Everything that tells who somebody is: e-mail, name, account, device, address. Ids of the register's owners are no secret. */
const identities = rows.flatMap(([, email = '', name = '', , , aliases = '']) => [
  email,
  email.slice(0, email.indexOf('@')),
  name,
  ...aliases.split(';').map((alias) => alias.replace(/^(user|device|address):/, '')),
]);
const ids = rows.map(([id = '']) => id);

/** Those that the text holds as whole words, in any case. */
function found(text: string, words: readonly string[]): string[] {
  const pieces = new Set<string>();
  const known = new Set(words.filter((word) => word !== '').map((word) => word.toLowerCase()));
  // Names hold blanks: one to three words that follow each other.
  const tokens = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}@._\\'-]+/u)
    .map((token) => token.replace(/^[.'-]+|[.'-]+$/g, ''));
  for (let i = 0; i < tokens.length; i++)
    for (let n = 1; n <= 3; n++) {
      const piece = tokens.slice(i, i + n).join(' ');
      if (known.has(piece)) pieces.add(piece);
    }
  return [...pieces];
}

describe('people of examples/acme', () => {
  const out = temporaryFolder();
  const scan = (...args: string[]) => halflight(['scan', join(acme, 'logs'), ...registers, ...args], { cwd: out });
  const files = (folder: string): Record<string, string> =>
    Object.fromEntries(['report.html', 'report.json', 'usage.csv'].map((name) => [name, readText(out, folder, name)]));

  it('appear in nothing that a scan without --names gives out', async () => {
    const { code, stdout, stderr } = await scan('--out', 'pseudonyms');
    expect(code).toBe(0);
    const texts: Record<string, string> = {
      ...files('pseudonyms'),
      'standard output': stdout,
      'standard error': stderr,
    };
    expect(identities.length).toBeGreaterThan(500);
    for (const [name, text] of Object.entries(texts)) expect([name, found(text, identities)]).toEqual([name, []]);
    for (const name of ['usage.csv', 'standard output']) expect(found(texts[name] ?? '', ids)).toEqual([]);
    expect(texts['usage.csv']).toMatch(/,person-[a-z2-7]{8},person,/);
  });

  it('appear by name with --names', async () => {
    const { code } = await scan('--names', '--out', 'names');
    expect(code).toBe(0);
    const texts = files('names');
    expect(
      found(
        texts['usage.csv'] ?? '',
        rows.map(([, , name = '']) => name),
      ).length,
    ).toBeGreaterThan(100);
    expect(JSON.parse(texts['report.json'] ?? '')).toMatchObject({ names: true });
  });
});

describe('groups with fewer than five people', () => {
  const group = (name: string, size: number, from: number): string =>
    Array.from({ length: size }, (_, n) => `e${from + n},p${from + n}@acme.example,,${name}\n`).join('');
  const folder = temporaryFolder({
    'people.csv': `id,email,name,group\n${group('Engineering', 8, 100)}${group('Sales', 6, 200)}${group('Board', 3, 300)}`,
    'access.log': [...Array(8).keys()]
      .map((n) => squidLine({ user: `p${100 + n}@acme.example` }))
      .concat([200, 201, 300, 301].map((n) => squidLine({ user: `p${n}@acme.example` })))
      .join(''),
  });

  it('are in no output', async () => {
    const args = ['access.log', '--people', 'people.csv'];
    const { code, report } = await scanReport([...args, '--out', 'out'], { cwd: folder });
    expect(code).toBe(0);
    const [finding] = report.findings;
    expect(finding?.people).toBe(12);
    // Two of Sales and two of the board used it: neither may be told apart.
    for (const { group: name, people } of finding?.groups ?? []) expect(name === 'other' || people >= 5).toBe(true);
    expect(finding?.groups.map(({ group: name, people }) => [name, people])).not.toContainEqual(['Sales', 2]);
    const { stdout } = await halflight(['scan', ...args], { cwd: folder });
    const texts = [stdout, ...['report.html', 'report.json', 'usage.csv'].map((name) => readText(folder, 'out', name))];
    for (const text of texts) expect(text).not.toContain('Board');
  });
});

describe('pseudonyms', () => {
  const folder = temporaryFolder({
    'access.log': squidLine({ user: 'ann' }),
    'other.log': squidLine({ user: 'ann', at: '2026-03-03T10:00:00Z' }),
  });
  const actorOf = async (file: string, key?: string): Promise<string | undefined> =>
    (await scanReport([file], { cwd: folder, ...(key !== undefined && { env: { HALFLIGHT_PSEUDONYM_KEY: key } }) }))
      .report.findings[0]?.top_actors[0]?.actor;

  it('of other input are others, and with a key of your own the same everywhere', async () => {
    const key = 'a long random text of our own';
    const [here, again, there, keyed, keyedThere, otherKey] = await Promise.all([
      actorOf('access.log'),
      actorOf('access.log'),
      actorOf('other.log'),
      actorOf('access.log', key),
      actorOf('other.log', key),
      actorOf('access.log', `${key}!`),
    ]);
    expect(again).toBe(here);
    expect(keyedThere).toBe(keyed);
    expect(new Set([here, there, keyed, otherKey]).size).toBe(4);
  });

  it('with too short a key are refused', async () => {
    const { code, stderr } = await halflight(['scan', 'access.log'], {
      cwd: folder,
      env: { HALFLIGHT_PSEUDONYM_KEY: 'short' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('HALFLIGHT_PSEUDONYM_KEY is shorter than 16 characters; use a long random text');
  });
});
