import { isObject, type JsonObject } from '../core/json.js';
import { type Problem, shortValue } from '../core/problem.js';
import { known } from '../core/text.js';
import { type DirectoryPerson, readDirectoryPerson } from './directory-person.js';
import { mergePeople } from './merge/merge.js';
import type { Person } from './person.js';
import type { PeopleFile } from './read-people.js';

// Users of SCIM 2.0 (RFC 7643, sections 4.1 and 4.3): the core schema and the enterprise extension. Only what says who somebody is is
// read: a directory export holds much that is nobody's business here.

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const source = 'scim';
const mostProblems = 100;

/** Whether a people file is JSON and not CSV. */
export const looksLikeJson = (text: string): boolean => /^\uFEFF?\s*[[{]/.test(text.slice(0, 200));

/**
 * Reads users from a ListResponse, a list, one object, or one object a line. A wrong user costs itself. The id is the employee number,
 * which other directories have too, or else that of the export.
 */
export function readScim(text: string, file: string): PeopleFile {
  const problems: Problem[] = [];
  const complain = (line: number, value: string, message: string): void => {
    if (problems.length < mostProblems)
      problems.push({ severity: 'error', file, line, field: '', value: shortValue(value), message });
  };
  const accounts = new Map<string, DirectoryPerson>();
  for (const { user, line } of usersOf(text, complain)) {
    const account = accountOf(user);
    if (account === undefined)
      complain(
        line,
        String(user.id ?? user.userName ?? ''),
        'the object is no user: accepted are SCIM users with id or userName, each text at most some hundred characters',
      );
    else if (accounts.has(account.id))
      complain(line, account.id, `the user "${shortValue(account.id)}" stands there twice; the first one counts`);
    else accounts.set(account.id, account);
  }
  const { people, problems: contradictions } = mergePeople([], [{ source, people: [...accounts.values()] }]);
  for (const message of contradictions.slice(0, mostProblems))
    problems.push({ severity: 'warning', file, line: 1, field: '', value: '', message });
  return { people: withIds(people, accounts), problems };
}

/** People under the ids that the file gives them, as rows of a CSV would have. */
function withIds(people: readonly Person[], accounts: ReadonlyMap<string, DirectoryPerson>): Person[] {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  for (const person of people) {
    const account = accounts.get(person.from?.[0]?.id ?? '');
    const wanted = [account?.employeeId, account?.id, person.id].filter((id) => id !== undefined && id !== '');
    const id = wanted.find((candidate) => !taken.has((candidate ?? '').toLowerCase())) ?? person.id;
    taken.add(id.toLowerCase());
    ids.set(person.id, id);
  }
  return people.map(({ from: _, ...person }) => ({
    ...person,
    id: ids.get(person.id) ?? person.id,
    manager: ids.get(person.manager) ?? person.manager,
  }));
}

type Complain = (line: number, value: string, message: string) => void;

function* usersOf(text: string, complain: Complain): Generator<{ user: JsonObject; line: number }> {
  const bare = text.replace(/^\uFEFF/, '');
  const whole = parse(bare);
  if (whole !== undefined) {
    const list = Array.isArray(whole)
      ? whole
      : isObject(whole) && Array.isArray(whole.Resources)
        ? whole.Resources
        : [whole];
    for (const item of list) {
      if (isObject(item)) yield { user: item, line: 1 };
      else complain(1, String(item), 'an element of the list is no object; accepted are SCIM users');
    }
    return;
  }
  let line = 0;
  for (const row of bare.split('\n')) {
    line++;
    if (row.trim() === '') continue;
    const user = parse(row);
    if (isObject(user)) yield { user, line };
    else
      complain(
        line,
        row,
        'the line is no JSON object; accepted are a SCIM ListResponse, a list of users, or one user a line',
      );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function accountOf(user: JsonObject): DirectoryPerson | undefined {
  const extension = isObject(user[enterprise]) ? user[enterprise] : {};
  const name = isObject(user.name) ? user.name : {};
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? known(String(value)) : undefined;
  const userName = text(user.userName);
  const id = text(user.id) ?? text(user.externalId) ?? userName;
  if (id === undefined) return undefined;
  const emails = (Array.isArray(user.emails) ? user.emails : [])
    .filter((mail) => isObject(mail))
    .sort((a, b) => Number(b.primary === true) - Number(a.primary === true))
    .flatMap((mail) => text(mail.value) ?? []);
  const slash = userName?.indexOf('\\') ?? -1;
  const manager = extension.manager;
  return readDirectoryPerson({
    id,
    emails,
    // `DOMAIN\user` and a bare name are accounts; anything with an @ is a sign-in name.
    ...(userName?.includes('@') === true && { upn: userName }),
    ...(userName !== undefined && !userName.includes('@') && { account: userName.slice(slash + 1) }),
    ...(slash > 0 && { domain: userName?.slice(0, slash) }),
    name: text(user.displayName) ?? text(name.formatted),
    givenName: text(name.givenName),
    familyName: text(name.familyName),
    employeeId: text(extension.employeeNumber) ?? (text(user.externalId) === id ? undefined : text(user.externalId)),
    group: text(extension.department),
    costCentre: text(extension.costCenter),
    manager: text(isObject(manager) ? manager.value : manager),
    enabled: String(user.active ?? true).toLowerCase() !== 'false',
  });
}
