import { z } from 'zod';

// What an identity provider, a SCIM export or another directory says of one account. The same human may have one in several
// directories; `merge.ts` makes one person of them. Everything is as the provider has it: nothing is lower-cased or guessed here.

const text = (most: number) => z.string().max(most);
const texts = (each: number, most: number) => z.array(z.string().max(each)).max(most);

/**
 * One account of a directory as collectors deliver it (the body of a state of kind `person`). What the provider does not tell is left
 * out; too long is refused, so that no answer of a provider can fill the memory.
 */
export const directoryPerson = z.object({
  /** Id at the provider that never changes: object id of Entra, user id of Google and Okta, `id` of SCIM. */
  id: text(200).min(1),
  /** Addresses of the account, the primary one first: `mail`, `proxyAddresses` without `smtp:`, aliases, `secondEmail` of work. */
  emails: texts(320, 200).default([]),
  /** Name to sign in with: userPrincipalName of Entra, login of Okta, userName of SCIM. */
  upn: text(320).optional(),
  /** sAMAccountName: the `user` of `DOMAIN\user`. */
  account: text(200).optional(),
  /** Domain of `account`, NetBIOS (`ACME`) or DNS (`acme.example`). */
  domain: text(253).optional(),
  /** Display name. */
  name: text(256).optional(),
  givenName: text(128).optional(),
  familyName: text(128).optional(),
  /** Employee number of the organisation: the same in all directories. */
  employeeId: text(128).optional(),
  /** Department or team. */
  group: text(200).optional(),
  costCentre: text(200).optional(),
  /** The manager's id at this provider, or e-mail address. */
  manager: text(320).optional(),
  /** Names of the devices that belong to this account alone. */
  devices: texts(253, 200).default([]),
  /** False: disabled, suspended or deprovisioned. The person stays known. */
  enabled: z.boolean().default(true),
  /** `shared`: a mailbox, room or account of several people; it never ties two accounts together and is nobody by itself. */
  kind: z.enum(['person', 'shared']).default('person'),
});

/** One account of a directory, as it is stored. */
export type DirectoryPerson = z.output<typeof directoryPerson>;
/** The same as collectors write it: what is empty may be left out. */
export type DirectoryPersonInput = z.input<typeof directoryPerson>;

/** Reads the body of a state; undefined where it is no account (wrong types, no id, too long). */
export function readDirectoryPerson(body: unknown): DirectoryPerson | undefined {
  const read = directoryPerson.safeParse(body);
  return read.success ? read.data : undefined;
}
