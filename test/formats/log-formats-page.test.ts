import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('docs/log-formats.md lists every format under its id, and none that is not there', () => {
  const ids = readdirSync(join(root, 'src/formats')).flatMap((name) =>
    name.endsWith('.ts') ? [name.slice(0, -3)] : [],
  );
  const page = readFileSync(join(root, 'docs/log-formats.md'), 'utf8');
  const list = page.slice(page.indexOf('\n## All formats by id'));
  const listed = [...list.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
  expect(new Set(listed)).toEqual(new Set(ids));
  expect(listed).toHaveLength(ids.length);
});
