import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reloadRules } from '../../src/config/changes.js';
import { otherVariables, variables } from '../../src/config/environment.js';
import { configKeys } from '../../src/config/keys.js';
import { readConfig } from '../../src/config/read.js';
import { keyRow, otherRow, ruleRow, variableRow } from './doc-rows.js';

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = file('docs/configuration.md');
const example = file('examples/halflight.yaml');
const keys = configKeys();

it('every key is explained to editors in a sentence', () => {
  expect(keys.length).toBeGreaterThan(50);
  for (const { name, description } of keys) expect(description, name).toMatch(/^[A-Z].{8,}\.$/);
});

describe('docs/configuration.md is true', () => {
  it.each(keys.map((key) => [key.name, keyRow(key)]))('%s has its row', (_name, row) => expect(page).toContain(row));
  it.each(variables.map((variable) => [variable.name, variableRow(variable)]))('%s has its row', (_name, row) =>
    expect(page).toContain(row),
  );
  it.each(Object.entries(otherVariables))('%s has its row', (name, meaning) =>
    expect(page).toContain(otherRow(name, meaning)),
  );
  it.each(reloadRules.map((rule) => [rule.key, ruleRow(rule)]))('%s says whether it needs a restart', (_key, row) =>
    expect(page).toContain(row),
  );

  it('names no key that is not there', () => {
    const rows = [...page.matchAll(/^\| `([a-z_.[\]]+)` \| ?(?:`|\|)/gm)].map(([, name = '']) => name);
    expect(rows.length).toBeGreaterThan(50);
    for (const name of rows) expect(keys.map((key) => key.name)).toContain(name);
  });

  it('its small example can be read', () => {
    const text = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { config, problems } = readConfig({ text, file: 'halflight.yaml', env: {} });
    expect(problems).toEqual([]);
    expect(config.sources).toHaveLength(1);
    expect(config.channels).toHaveLength(1);
  });
});

it('the annotated example shows every key, if only in a comment', () => {
  for (const { name } of keys) expect(example, name).toMatch(new RegExp(`\\b${/[a-z_]+$/.exec(name)?.[0]}:`));
});
