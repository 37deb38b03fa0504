import { canonicalIp } from '../core/host.js';
import { nearest, type Problem, shortValue } from '../core/problem.js';
import { readTable, type TableRow } from '../core/table.js';
import type { Alias, Person } from './person.js';

/** Column names and the other spellings that are accepted; case, blanks, hyphens and underscores do not matter. */
const columns = {
  id: ['id', 'person id', 'employee id', 'user id'],
  email: ['email', 'e-mail', 'mail', 'e-mail address'],
  name: ['name', 'display name', 'full name'],
  group: ['group', 'department', 'team'],
  manager: ['manager'],
  aliases: ['aliases', 'alias'],
} as const;
type Column = keyof typeof columns;

const fold = (name: string): string => name.toLowerCase().replace(/[\s_.-]+/g, '');
const spellings = new Map<string, Column>(
  (Object.keys(columns) as Column[]).flatMap((column) => columns[column].map((name) => [fold(name), column] as const)),
);

export interface PeopleFile {
  people: readonly Person[];
  problems: readonly Problem[];
}

/**
 * Reads the people directory from CSV text. A wrong row costs itself; the others stand. Without a column `id` the e-mail address is
 * the id. Columns that are not known are ignored (directory exports have many), with a warning where the name looks mistyped.
 */
export function readPeople(text: string, file: string): PeopleFile {
  const table = readTable(text, file);
  const problems: Problem[] = [...table.problems];
  const at = new Map<Column, number>();
  for (const [index, name] of table.header.entries()) {
    const column = spellings.get(fold(name));
    if (column !== undefined && !at.has(column)) at.set(column, index);
    const meant = column === undefined && name.length > 3 ? nearest(name, Object.keys(columns)) : undefined;
    if (meant !== undefined) {
      const message = `unknown column "${shortValue(name)}" is ignored; did you mean ${meant}?`;
      problems.push({
        severity: 'warning',
        file,
        line: table.headerLine,
        field: name,
        value: shortValue(name),
        message,
      });
    }
  }
  if (!at.has('id') && !at.has('email')) {
    const message = `the first line must name the columns, at least id or email; accepted are ${Object.keys(columns).join(', ')}`;
    problems.push({
      severity: 'error',
      file,
      line: table.headerLine,
      field: 'id',
      value: shortValue(table.header.join(',')),
      message,
    });
    return { people: [], problems };
  }
  const people: Person[] = [];
  const byId = new Map<string, Person>();
  for (const row of table.rows) {
    const person = readRow(row, at, file, problems);
    if (person === undefined) continue;
    const first = byId.get(person.id.toLowerCase());
    if (first !== undefined) {
      const message = `the id "${shortValue(person.id)}" stands on line ${first.line} already; ids must differ, so this row is left out`;
      problems.push({
        severity: 'error',
        file,
        line: row.line,
        field: 'id',
        value: shortValue(person.id),
        message,
      });
      continue;
    }
    byId.set(person.id.toLowerCase(), person);
    people.push(person);
  }
  checkManagers(people, byId, file, problems);
  return { people, problems };
}

function readRow(
  row: TableRow,
  at: ReadonlyMap<Column, number>,
  file: string,
  problems: Problem[],
): Person | undefined {
  const get = (column: Column): string => row.fields[at.get(column) ?? -1]?.trim() ?? '';
  const wrong = (field: Column, value: string, message: string): void => {
    problems.push({ severity: 'error', file, line: row.line, field, value: shortValue(value), message });
  };
  const email = get('email').toLowerCase();
  const id = get('id') || email;
  if (id === '') {
    wrong('id', '', 'the row has neither an id nor an e-mail address; fill in one of them');
    return undefined;
  }
  if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    wrong('email', email, `"${shortValue(email)}" is no e-mail address; accepted is name@domain, or nothing`);
    return undefined;
  }
  const aliases: Alias[] = [];
  for (const cell of get('aliases').split(';')) {
    if (cell.trim() === '') continue;
    const alias = readAlias(cell.trim());
    if (typeof alias === 'string') {
      wrong('aliases', cell, alias);
      return undefined;
    }
    aliases.push(alias);
  }
  return { id, email, name: get('name'), group: get('group'), manager: get('manager'), aliases, line: row.line };
}

/** An alias, or a sentence that says what is wrong with it. */
function readAlias(text: string): Alias | string {
  const prefixed = /^(user|device|address):\s*(.*)$/i.exec(text);
  const value = prefixed?.[2] ?? text;
  const kind = prefixed?.[1]?.toLowerCase();
  if (value === '') return `"${shortValue(text)}" names nothing; write it as ${kind ?? 'device'}:value`;
  const address = canonicalIp(value);
  if (kind === 'address' && address === undefined)
    return `"${shortValue(value)}" is no address; accepted are IPv4 and IPv6 addresses of one machine, not ranges`;
  if (kind === 'device') return { kind, value };
  if (kind === 'user' || /[\\@]/.test(value)) return { kind: 'user', value };
  if (address !== undefined) return { kind: 'address', value: address };
  return { kind: 'name', value };
}

function checkManagers(
  people: readonly Person[],
  byId: ReadonlyMap<string, Person>,
  file: string,
  problems: Problem[],
): void {
  const emails = new Set(people.map((person) => person.email));
  for (const { manager, line } of people) {
    const key = manager.toLowerCase();
    if (key === '' || byId.has(key) || emails.has(key)) continue;
    const message = `"${shortValue(manager)}" is nobody in this file; accepted are an id or an e-mail address of another row`;
    problems.push({ severity: 'warning', file, line, field: 'manager', value: shortValue(manager), message });
  }
}
