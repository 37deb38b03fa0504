import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directory } from '../../src/people/directory.js';
import { directoryPerson } from '../../src/people/directory-person.js';
import { mergePeople } from '../../src/people/merge/merge.js';
import { looksLikeJson, readScim } from '../../src/people/read-scim.js';

const extension = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const jane = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', extension],
  id: '2819c223-7f76-453a-919d-413861904646',
  userName: 'jdoe@acme.example',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [
    { value: 'home@gmail.com', type: 'home' },
    { value: 'Jane.Doe@acme.example', type: 'work', primary: true },
  ],
  active: true,
  [extension]: {
    employeeNumber: '4711',
    department: 'Sales',
    costCenter: 'CC-9',
    manager: { value: 'm-1', displayName: 'Max' },
  },
};
const max = { id: 'm-1', userName: 'ACME\\max', displayName: 'Max Muster', active: false };
const shapes = {
  'a ListResponse': JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 2,
    Resources: [jane, max],
  }),
  'a list': JSON.stringify([jane, max], null, 2),
  'one user a line': `${JSON.stringify(jane)}\n\n${JSON.stringify(max)}\r\n`,
  'a list behind a byte order mark': `\ufeff${JSON.stringify([jane, max])}`,
};

describe('SCIM users are people', () => {
  it.each(Object.entries(shapes))('as %s', (_shape, text) => {
    expect(looksLikeJson(text)).toBe(true);
    const { people, problems } = readScim(text, 'users.json');
    expect(problems).toEqual([]);
    expect(people.find(({ id }) => id === '4711')).toMatchObject({
      email: 'jane.doe@acme.example',
      name: 'Jane Doe',
      group: 'Sales',
      costCentre: 'CC-9',
      manager: 'm-1',
    });
    expect(people.find(({ id }) => id === 'm-1')).toMatchObject({ name: 'Max Muster', disabled: true });
    const directory = new Directory(people);
    for (const user of ['jdoe@acme.example', 'jane.doe@acme.example', '2819c223-7f76-453a-919d-413861904646'])
      expect(directory.resolve({ user }).id, user).toBe('4711');
    for (const user of ['ACME\\max', 'max']) expect(directory.resolve({ user }).id, user).toBe('m-1');
  });

  it('and go together with what sources know of them', () => {
    const rows = readScim(shapes['a list'], 'users.json').people;
    const entra = {
      source: 'entra',
      people: [directoryPerson.parse({ id: 'e1', employeeId: '4711', emails: ['j.doe@acme.example'] })],
    };
    const { people } = mergePeople(rows, [entra]);
    expect(people.map(({ id }) => id)).toEqual(['4711', 'm-1']);
    expect(new Directory(people).resolve({ user: 'j.doe@acme.example' }).id).toBe('4711');
    expect(people[1]).toMatchObject({ disabled: true });
  });

  it('a wrong one costs itself, with its line', () => {
    const { people, problems } = readScim(
      `{"id":"a","userName":"a@acme.example"}\n{"no":"user"}\n{"id":"a"}\n{broken\n[1]\n{"id":"b","userName":"b@acme.example"}`,
      'users.json',
    );
    expect(people.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(problems.map(({ line, severity }) => [line, severity])).toEqual([
      [2, 'error'],
      [3, 'error'],
      [4, 'error'],
      [5, 'error'],
    ]);
  });

  it('CSV is not taken for JSON', () => {
    expect(looksLikeJson('id,email\n{,x')).toBe(false);
  });

  it('whatever is in it, it is read to the end, and ids differ', () => {
    const user = fc.record(
      {
        id: fc.oneof(fc.constantFrom('a', 'b'), fc.jsonValue()),
        userName: fc.jsonValue(),
        emails: fc.jsonValue(),
        active: fc.jsonValue(),
        [extension]: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(user, fc.jsonValue()), { maxLength: 6 }), fc.boolean(), (all, lines) => {
        const text = lines ? all.map((item) => JSON.stringify(item)).join('\n') : JSON.stringify(all);
        const { people } = readScim(text, 'users.json');
        expect(new Set(people.map(({ id }) => id.toLowerCase())).size).toBe(people.length);
        new Directory(people);
      }),
      { seed: 20261126, numRuns: 400 },
    );
  });
});
