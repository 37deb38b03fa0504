import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../docs/reliability.md'), 'utf8');
const ids = [...page.matchAll(/^\| ([FA]\d+) \|/gm)].map(([, id = '']) => id);
const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));

it('the page names each fault and attack once', () => {
  expect(ids.length).toBeGreaterThan(40);
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(ids)('%s has a test that bears its name', (id) => {
  // Names of tests, and of groups of tests, as they are written.
  const named = new RegExp(
    `\\b(?:it|test|describe)(?:\\.\\w+(?:\\([^)]*\\))?)?\\(\\s*[\`'"](?:[FA]\\d+[ ,/]+(?:and )?)*${id}\\b`,
  );
  expect(tests.some((text) => named.test(text))).toBe(true);
});
