import type { StateItem } from '../../core/chunk.js';
import { isObject, objectsOf, textAt } from '../../core/json.js';
import type { DirectoryPersonInput } from '../../people/directory-person.js';
import type { StateListing } from '../common/api/states.js';
import { dataOf, type Google } from './client.js';

/** Nothing else is asked for: no private addresses, phone numbers or birthdays. */
const fields =
  'nextPageToken,users(id,primaryEmail,aliases,nonEditableAliases,name,externalIds,organizations,relations,orgUnitPath,suspended,archived)';

/** developers.google.com/workspace/admin/directory/reference/rest/v1/users/list */
export const userListing = ({ users }: Google, customer: string): StateListing => ({
  kind: 'person',
  every: 86_400_000,
  pages: 20,
  async page(link) {
    const data = await dataOf(
      users.users.list({
        customer,
        maxResults: 500,
        orderBy: 'email',
        fields,
        ...(link !== undefined && { pageToken: link }),
      }),
    );
    const items = (Array.isArray(data.users) ? data.users : []).map(personOf).filter((item) => item !== undefined);
    return { items, next: textAt(data, 'nextPageToken') };
  },
});

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item.length <= 320) : [];

/** A user as an account of the directory. Lists are written by hand and in any order: the first of a type counts. */
export function personOf(user: unknown): StateItem | undefined {
  const [id, email] = [textAt(user, 'id'), textAt(user, 'primaryEmail')];
  if (!isObject(user) || id === undefined || id.length > 200) return undefined;
  const cut = (text: string | undefined, most: number): string | undefined => text?.slice(0, most);
  const organizations = objectsOf(user.organizations);
  const main = organizations.find(({ primary }) => primary === true) ?? organizations[0];
  const ofType = (list: unknown, type: string): string | undefined =>
    textAt(
      objectsOf(list).find((item) => item.type === type),
      'value',
    );
  // `/Sales/EMEA`; everybody is below `/`.
  const unit = textAt(user, 'orgUnitPath')?.replace(/^\/+/, '');
  const emails = [...(email === undefined ? [] : [email]), ...texts(user.aliases), ...texts(user.nonEditableAliases)];
  const person: DirectoryPersonInput = {
    id,
    emails: [...new Set(emails)].slice(0, 200),
    upn: email,
    name: cut(textAt(user, 'name.fullName'), 256),
    givenName: cut(textAt(user, 'name.givenName'), 128),
    familyName: cut(textAt(user, 'name.familyName'), 128),
    employeeId: cut(ofType(user.externalIds, 'organization'), 128),
    group: cut(textAt(main, 'department') ?? (unit === '' ? undefined : unit), 200),
    costCentre: cut(textAt(main, 'costCenter'), 200),
    manager: cut(ofType(user.relations, 'manager'), 320),
    enabled: user.suspended !== true && user.archived !== true,
  };
  return { id, body: person };
}
