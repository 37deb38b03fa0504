import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directory } from '../../src/people/directory.js';
import { type DirectoryPersonInput, directoryPerson } from '../../src/people/directory-person.js';
import { mergePeople, type SourceDirectory } from '../../src/people/merge/merge.js';
import type { Person } from '../../src/people/person.js';
import { readPeople } from '../../src/people/read-people.js';

const from = (source: string, ...people: DirectoryPersonInput[]): SourceDirectory => ({
  source,
  people: people.map((person) => directoryPerson.parse(person)),
});
const csv = (text: string): readonly Person[] =>
  readPeople(`id,email,name,group,manager,aliases\n${text}`, 'people.csv').people;
const ids = (people: readonly Person[]): string[] => people.map(({ id }) => id);
const groupsOf = (people: readonly Person[]): string[] =>
  people
    .map((person) =>
      (person.from ?? [{ source: '', id: person.id }]).map(({ source, id }) => `${source}/${id}`).join(' '),
    )
    .sort();

const entra = from('entra', {
  id: '7c1f0a52-2f2f-4a6c-9f3e-5f1b8f6e0001',
  emails: ['jane.doe@acme.example', 'jane.smith@acme.example'],
  upn: 'jdoe@acme.example',
  account: 'jdoe',
  domain: 'ACME',
  name: 'Jane Doe',
  employeeId: '4711',
  group: 'Sales EMEA',
  devices: ['LT-0042'],
});
const okta = from('okta', {
  id: '00u1a2b3c4d5e6f7g8h9',
  emails: ['Jane.Doe@acme.example'],
  upn: 'jane@acme-group.example',
  group: 'Sales',
});

describe('one human in several directories is one person', () => {
  it('by e-mail address, with what each knows', () => {
    const { people, problems } = mergePeople([], [entra, okta]);
    expect(problems).toEqual([]);
    expect(people).toHaveLength(1);
    expect(people[0]).toMatchObject({ id: 'jane.doe@acme.example', name: 'Jane Doe', group: 'Sales EMEA' });
    const directory = new Directory(people);
    for (const user of [
      'ACME\\jdoe',
      'jdoe',
      'jane.smith@acme.example',
      'jane@acme-group.example',
      '00u1a2b3c4d5e6f7g8h9',
    ])
      expect(directory.resolve({ user }), user).toMatchObject({ kind: 'person', id: 'jane.doe@acme.example' });
    expect(directory.resolve({ device: 'lt-0042' })).toMatchObject({ kind: 'person' });
  });

  it('over steps: the first shares an employee number with the second, which shares an address with the third', () => {
    const hr = from('hr', { id: 'w1', employeeId: '4711' });
    expect(ids(mergePeople([], [hr, okta, entra]).people)).toHaveLength(1);
  });

  it('and the file goes first for name, group and manager', () => {
    const file = csv('p1,jane.doe@acme.example,Doe J.,Key Accounts,,\np2,boss@acme.example,,,,');
    const { people } = mergePeople(file, [okta, entra]);
    expect(people.find(({ id }) => id === 'p1')).toMatchObject({ name: 'Doe J.', group: 'Key Accounts' });
    expect(people).toHaveLength(2);
  });

  it('by the employee number that the file has as id', () => {
    expect(ids(mergePeople(csv('4711,,Jane,Sales,,'), [entra]).people)).toEqual(['4711']);
  });

  it('not through a shared mailbox, whether marked or held by two', () => {
    const marked = from(
      'entra',
      { id: 'a', emails: ['a@acme.example'] },
      { id: 's', emails: ['info@acme.example'], kind: 'shared' },
    );
    const other = from('okta', { id: 'b', emails: ['info@acme.example'], upn: 'b@acme.example' });
    const { people } = mergePeople([], [marked, other]);
    expect(people).toHaveLength(2);
    const twice = from(
      'entra',
      { id: 'a', emails: ['a@acme.example', 'info@acme.example'] },
      { id: 'c', emails: ['c@acme.example', 'info@acme.example'] },
    );
    const merged = mergePeople([], [twice, other]);
    expect(merged.people).toHaveLength(3);
    expect(merged.problems.join()).toMatch(
      /info@acme.example" is of a@acme.example \(entra\) and of c@acme.example \(entra\)/,
    );
    expect(new Directory(merged.people).resolve({ user: 'info@acme.example' })).not.toMatchObject({
      id: 'a@acme.example',
    });
  });

  it('not through public mail', () => {
    const a = from('entra', { id: 'a', emails: ['a@acme.example', 'family@gmail.com'] });
    const b = from('okta', { id: 'b', emails: ['b@acme.example', 'family@gmail.com'] });
    expect(mergePeople([], [a, b]).people).toHaveLength(2);
  });

  it('two accounts of one directory stay apart, and the problem names both, unless the file names both', () => {
    const two = from(
      'entra',
      { id: 'a', emails: ['jo@acme.example'] },
      { id: 'b', upn: 'adm-jo@acme.example', employeeId: '9' },
    );
    const tie = from('okta', { id: 'o', emails: ['jo@acme.example'], employeeId: '9' });
    const apart = mergePeople([], [two, tie]);
    expect(groupsOf(apart.people)).toEqual(['entra/a okta/o', 'entra/b']);
    expect(apart.problems).toHaveLength(1);
    expect(apart.problems[0]).toMatch(
      /jo@acme.example \(entra\).*adm-jo@acme.example \(entra\)|adm-jo@acme.example \(entra\).*jo@acme.example \(entra\)/,
    );
    const together = mergePeople(csv('jo,jo@acme.example,Jo,IT,,user:adm-jo@acme.example'), [two, tie]);
    expect(ids(together.people)).toEqual(['jo']);
    expect(together.problems).toEqual([]);
  });

  it('the disabled account of a predecessor does not keep the address, and its person stays known', () => {
    const reused = from(
      'entra',
      { id: 'old', emails: ['sam@acme.example'], name: 'Sam Old', enabled: false },
      { id: 'new', emails: ['sam@acme.example'], name: 'Sam New' },
    );
    const { people } = mergePeople([], [reused]);
    expect(people.find(({ name }) => name === 'Sam Old')).toMatchObject({ disabled: true });
    expect(new Directory(people).resolve({ user: 'sam@acme.example' }).id).toBe(
      people.find(({ name }) => name === 'Sam New')?.id,
    );
  });
});

describe('ids stay', () => {
  it('when a second directory and the file come later', () => {
    const first = mergePeople([], [okta]).people;
    const second = mergePeople([], [okta, entra], first).people;
    expect(ids(second)).toEqual(ids(first));
    const third = mergePeople(csv('p1,jane.doe@acme.example,Jane,Sales,,'), [entra, okta], second).people;
    expect(ids(third)).toEqual(ids(first));
    expect(new Directory(third).resolve({ user: 'p1' }).id).toBe('jane.doe@acme.example');
  });

  it('two who turn out to be one keep one of the ids, and the other is remembered', () => {
    const apart = from('hr', { id: 'w1', name: 'J. Doe', employeeId: '4711', upn: 'w1@hr.example' });
    const before = mergePeople([], [okta, apart]).people;
    expect(ids(before)).toEqual(['jane.doe@acme.example', 'w1@hr.example']);
    const after = mergePeople([], [okta, apart, entra], before).people;
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ id: 'jane.doe@acme.example', former: ['w1@hr.example'] });
  });

  it('a newcomer with the address of somebody who left gets another id', () => {
    const before = mergePeople([], [from('entra', { id: 'old', emails: ['sam@acme.example'] })]).people;
    const after = mergePeople(
      [],
      [
        from(
          'entra',
          { id: 'old', emails: ['sam@acme.example'], enabled: false },
          { id: 'new', emails: ['sam@acme.example'] },
        ),
      ],
      before,
    ).people;
    expect(after.find(({ from: refs }) => refs?.some(({ id }) => id === 'old'))?.id).toBe('sam@acme.example');
    expect(after.find(({ from: refs }) => refs?.some(({ id }) => id === 'new'))?.id).toBe('entra:new');
  });
});

describe('whatever the directories hold', () => {
  const mail = fc.constantFrom('a@x.example', 'b@x.example', 'c@y.example', 'd@gmail.com', 'A@X.example');
  const entry = fc.record({
    id: fc.constantFrom('1', '2', '3', '4'),
    emails: fc.array(mail, { maxLength: 2 }),
    upn: fc.option(mail, { nil: undefined }),
    employeeId: fc.option(fc.constantFrom('7', '8'), { nil: undefined }),
    account: fc.option(fc.constantFrom('jo', 'ann'), { nil: undefined }),
    domain: fc.constant('X'),
    enabled: fc.boolean(),
    kind: fc.constantFrom('person' as const, 'person' as const, 'person' as const, 'shared' as const),
  });
  const directories = fc
    .uniqueArray(
      fc.record({
        source: fc.constantFrom('entra', 'okta', 'google'),
        people: fc.uniqueArray(entry, { maxLength: 4, selector: ({ id }) => id }),
      }),
      { maxLength: 3, selector: ({ source }) => source },
    )
    .map((all) => all.map(({ source, people }) => from(source, ...people)));
  const rows = fc
    .uniqueArray(
      fc.record({
        id: fc.constantFrom('7', 'p2', 'a@x.example'),
        mail: fc.option(mail, { nil: '' }),
        alias: fc.constantFrom('', 'X\\jo', 'user:b@x.example'),
      }),
      {
        maxLength: 3,
        selector: ({ id }) => id,
      },
    )
    .map((all) => csv(all.map(({ id, mail: address, alias }) => `${id},${address},,,,${alias}`).join('\n')));
  const bounds = { seed: 20261126, numRuns: 1500 };

  it('the order of directories and people does not matter', () => {
    fc.assert(
      fc.property(rows, directories, directories, (file, first, all) => {
        const before = mergePeople(file, first).people;
        const turned = all.toReversed().map(({ source, people }) => ({ source, people: people.toReversed() }));
        expect(mergePeople(file.toReversed(), turned, before.toReversed())).toEqual(mergePeople(file, all, before));
      }),
      bounds,
    );
  });

  it('once more gives the same, ids differ, and every account is somebody', () => {
    fc.assert(
      fc.property(rows, directories, (file, all) => {
        const once = mergePeople(file, all);
        expect(mergePeople(file, all, once.people)).toEqual(once);
        expect(new Set(once.people.map(({ id }) => id.toLowerCase())).size).toBe(once.people.length);
        const accounts = all.flatMap(({ source, people }) =>
          people.filter(({ kind }) => kind === 'person').map(({ id }) => `${source}/${id}`),
        );
        const seen = groupsOf(once.people).flatMap((group) => group.split(' '));
        expect(seen.sort()).toEqual([...accounts, ...file.map(({ id }) => `/${id}`)].sort());
      }),
      bounds,
    );
  });

  it('nobody loses an id to more data, and ids are never handed to others', () => {
    fc.assert(
      fc.property(rows, directories, directories, (file, first, more) => {
        const before = mergePeople([], first).people;
        const grown = [...first, ...more.filter(({ source }) => !first.some((known) => known.source === source))];
        const after = mergePeople(file, grown, before).people;
        const known = new Map(
          after.flatMap((person) => [person.id, ...(person.former ?? [])].map((id) => [id, person] as const)),
        );
        for (const person of before) {
          const now = known.get(person.id);
          expect(now?.from).toEqual(expect.arrayContaining([person.from?.[0]]));
        }
      }),
      bounds,
    );
  });
});

it('100,000 people of two directories and a file are merged in seconds', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => ({
    id: `id-${i}`,
    emails: [`p${i}@acme.example`, `q${i}@acme.example`],
    upn: `u${i}@acme.example`,
    employeeId: `${i}`,
  }));
  const file = csv(
    many
      .slice(0, 50_000)
      .map(({ employeeId }) => `${employeeId},,,Group,,`)
      .join('\n'),
  );
  const { people } = mergePeople(file, [
    from('entra', ...many),
    from('okta', ...many.map(({ id, emails }) => ({ id, emails }))),
  ]);
  expect(people).toHaveLength(100_000);
});
