import type { StateItem } from '../../core/chunk.js';
import { at, type JsonObject } from '../../core/json.js';
import { type DirectoryPersonInput, directoryPerson } from '../../people/directory-person.js';
import type { StateListing } from '../common/api/states.js';
import { listOf, wholeText } from './fields.js';
import type { Graph } from './graph.js';

const day = 86_400_000;

/** What is asked for; `otherMails` is not, since it often is a private address. */
const fields = [
  'id',
  'userPrincipalName',
  'mail',
  'proxyAddresses',
  'onPremisesSamAccountName',
  'onPremisesDomainName',
  'displayName',
  'givenName',
  'surname',
  'department',
  'employeeId',
  'employeeOrgData',
  'accountEnabled',
].join(',');

/** The users of the tenant as the people directory takes them. */
export const personListing = (graph: Graph): StateListing => ({
  kind: 'person',
  every: day,
  async page(link) {
    const query = { $select: fields, $expand: 'manager($select=id)', $top: '999' };
    const { items, next } = await graph.page('v1.0', link, 'users', query);
    return { items: items.flatMap(personOf), next };
  },
});

/** Source of the fields: learn.microsoft.com/graph/api/resources/user. */
function personOf(user: JsonObject): StateItem[] {
  const id = wholeText(user.id, 200);
  if (id === undefined) return [];
  const body: DirectoryPersonInput = {
    id,
    emails: emailsOf(user),
    upn: wholeText(user.userPrincipalName, 320),
    account: wholeText(user.onPremisesSamAccountName, 200),
    domain: wholeText(user.onPremisesDomainName, 253),
    name: wholeText(user.displayName, 256),
    givenName: wholeText(user.givenName, 128),
    familyName: wholeText(user.surname, 128),
    employeeId: wholeText(user.employeeId, 128),
    group: wholeText(user.department, 200),
    costCentre: wholeText(at(user, 'employeeOrgData.costCenter'), 200),
    manager: wholeText(at(user, 'manager.id'), 320),
    enabled: user.accountEnabled !== false,
  };
  return [{ id, body: directoryPerson.parse(body) }];
}

/** The primary address first, the others sorted: their order at the provider is not always the same. */
function emailsOf(user: JsonObject): string[] {
  const mail = wholeText(user.mail, 320);
  // `SMTP:` marks the primary one, `smtp:` the others; what begins otherwise is no mail (SIP, X500).
  const proxies = listOf(user.proxyAddresses).flatMap((address) => {
    const [, kind, value] = /^(smtp):(.{1,320})$/i.exec(wholeText(address, 330) ?? '') ?? [];
    return value === undefined ? [] : [{ value, primary: kind === 'SMTP' }];
  });
  const sorted = proxies.sort((a, b) => Number(b.primary) - Number(a.primary) || (a.value < b.value ? -1 : 1));
  const seen = new Set<string>();
  return [...(mail === undefined ? [] : [mail]), ...sorted.map(({ value }) => value)].filter((address) => {
    const key = address.toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}
