import { rng } from './rng.js';
import type { Actor } from './types.js';

/** Groups by size; the last has fewer than five people, so reports must not show it by itself. */
export const groups = {
  Engineering: 54,
  Sales: 36,
  'Customer Support': 34,
  Marketing: 26,
  Operations: 22,
  Finance: 16,
  Legal: 8,
  'Executive Board': 4,
} as const;
export type Group = keyof typeof groups;

const firstNames =
  'Ada Amir Anna Aylin Ben Bianca Carla Chen Clara Daan David Elif Emma Erik Fatima Felix Grace Hana Hugo Ines Ivan Jana Jörg Julia Kofi Lars Lea Linh Luca Maja Marek Maria Mateo Mia Nadia Nils Noor Olga Omar Paula Petra Rafael Rosa Ruth Samir Sofia Théo Tomás Vera Yuki'.split(
    ' ',
  );
const lastNames =
  'Abel Achterberg Almeida Baker Bauer Bergström Brandt Castro Costa Dahl Demir Dubois Ekström Evans Fischer Fontaine García Green Haas Hansen Horvat Ito Jansen Kaya Keller Kim Kovács Kramer Larsen Lehmann Lindqvist Lopes Marino Meyer Moreau Müller Nagy Novak Okafor Olsen Park Pereira Petrov Quinn Ricci Rossi Sato Schneider Silva Suzuki Tanaka Thomas Varga Vogel Weber Wolf Yilmaz Zeman'.split(
    ' ',
  );

const ascii = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Groups that have fixed addresses; the others roam. */
const fixed = new Set<Group>(['Engineering', 'Operations']);

function makePeople(): Map<Group, Actor[]> {
  const random = rng('people');
  const logins = new Set<string>();
  const names = new Set<string>();
  const all = new Map<Group, Actor[]>();
  let number = 0;
  for (const [index, group] of (Object.keys(groups) as Group[]).entries()) {
    const members: Actor[] = [];
    while (members.length < groups[group]) {
      const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
      const login = `${ascii(first).slice(0, 1)}${ascii(last)}`;
      if (logins.has(login) || names.has(`${first} ${last}`)) continue;
      logins.add(login);
      names.add(`${first} ${last}`);
      number++;
      members.push({
        kind: 'person',
        id: `e${1000 + number}`,
        group,
        login,
        email: `${ascii(first)}.${ascii(last)}@acme.example`,
        first,
        last,
        device: `ACME-LT-${String(number).padStart(4, '0')}`,
        // The board's network is IPv6.
        address:
          group === 'Executive Board'
            ? `fd00:20:8::${members.length + 11}`
            : `10.20.${index + 1}.${members.length + 11}`,
        costCentre: `CC-${index + 1}00`,
      });
    }
    all.set(group, members);
  }
  return all;
}

const people = makePeople();
export const everybody: readonly Actor[] = [...people.values()].flat();

/** Members `from` to `to` of a group, counted from 0, both included. */
export function members(group: Group, from = 0, to = groups[group] - 1): Actor[] {
  return (people.get(group) ?? []).slice(from, to + 1);
}

const nobody = { group: '', login: '', email: '', first: '', last: '', device: '', address: '', costCentre: '' };
/** A program's own account. */
export const workload = (login: string, address: string): Actor => ({
  ...nobody,
  kind: 'workload',
  id: login,
  login,
  address,
});
/** An account that the directory does not know: somebody who left. */
export const leaver = (login: string, address: string): Actor => ({
  ...nobody,
  kind: 'user',
  id: login,
  login,
  address,
});
/** A machine that the directory does not know. */
export const stranger = (address: string): Actor => ({ ...nobody, kind: 'address', id: address, address });
export const costCentre = (id: string): Actor => ({ ...nobody, kind: 'cost-centre', id, costCentre: id });

/** people.csv: what an HR export gives, plus the names under which logs know people. */
export function peopleCsv(): string {
  const rows = everybody.map((person) => {
    const manager = members(person.group as Group, 0, 0)[0];
    const boss = members('Executive Board', 0, 0)[0];
    const above = manager === person ? boss : manager;
    const aliases = [`ACME\\${person.login}`, `device:${person.device}`];
    if (fixed.has(person.group as Group)) aliases.push(`address:${person.address}`);
    const fields = [person.id, person.email, `${person.first} ${person.last}`, person.group];
    return [...fields, above === person ? '' : (above?.id ?? ''), aliases.join(';')].join(',');
  });
  return `${['id,email,name,group,manager,aliases', ...rows].join('\n')}\n`;
}
