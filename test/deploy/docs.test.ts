import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './helpers.js';

const page = readFileSync(join(root, 'docs/deployment.md'), 'utf8');

it('the page on deployment names files that exist', () => {
  const named = [...page.matchAll(/\bdeploy\/[\w@.*/-]*[\w*]/g)].map(([path]) => path);
  const made = ['deploy/secrets', 'deploy/logs'];
  for (const path of named.filter((name) => !made.includes(name) && !name.includes('*')))
    expect(existsSync(join(root, path)), path).toBe(true);
  expect(named.length).toBeGreaterThan(10);
  for (const [, link = ''] of page.matchAll(/\]\(([^)#]+)/g))
    expect(existsSync(join(root, 'docs', link)), link).toBe(true);
});

it('the page on deployment copies what the package holds', () => {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  const copied = /^ *cp -r (.*) \/opt\/halflight\/$/m.exec(page)?.[1]?.split(' ') ?? [];
  for (const name of [...files, 'node_modules', 'package.json', 'docs']) expect(copied).toContain(name);
});
