import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { columnNames, fieldNames } from '../../src/inventory/fields.js';
import { readInventory } from '../../src/inventory/read.js';
import { Directory } from '../../src/people/directory.js';
import { readPeople } from '../../src/people/read-people.js';

const page = readFileSync(new URL('../../docs/inventory.md', import.meta.url), 'utf8');
const examples = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');

it('the documentation names every field and column', () => {
  for (const name of [...fieldNames, ...columnNames]) expect(page).toContain(`\`${name}\``);
});

it('the examples of the documentation can be read, and say the same in both forms', () => {
  const yaml = readInventory(examples('yaml')[0] ?? '', { file: 'inventory.yaml' });
  const csv = readInventory(examples('csv')[0] ?? '', { file: 'inventory.csv' });
  expect([...yaml.problems, ...csv.problems]).toEqual([]);
  expect(yaml.entries).toHaveLength(3);
  const both = ({ entries }: typeof yaml) =>
    entries.map(({ id, services, status, exception, sensitive_sources, allowed_account, allowed_groups }) => {
      return { id, services, status, exception, sensitive_sources, allowed_account, allowed_groups };
    });
  expect(both(csv)).toEqual(both(yaml));
  const people = readPeople(examples('csv')[1] ?? '', 'people.csv');
  expect(people.problems).toEqual([]);
  expect(new Directory(people.people).resolve({ user: 'acme\\jdoe' })).toMatchObject({ id: 'p1' });
});
