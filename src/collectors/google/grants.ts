import type { StateItem } from '../../core/chunk.js';
import { isObject, textAt } from '../../core/json.js';
import { ApiFailure } from '../common/api/failure.js';
import type { Part } from '../common/api/parts.js';
import { stateParts } from '../common/api/states.js';
import type { CollectContext, Cursor } from '../common/collector.js';
import { dataOf, type Google } from './client.js';

interface User {
  id: string;
  email: string;
}

/** A page of users, and which of them is next. */
interface Place {
  users?: string | undefined;
  at: number;
}

const usersPerPage = 100;
/** Users of one step, after which the place is kept. */
const stepUsers = 20;
/** 1,000 users in one collection: some minutes, so that sign-ins need not wait. 100,000 take a day. */
const steps = 50;

/**
 * What apps every active user has let in. There is no list of them for the organisation: it takes a call for each user. A grant that is
 * new or other than before is a record of the format halflight-grant.
 */
export function grantsPart(google: Google, customer: string, cursor: Cursor, context: CollectContext): Part {
  /** Users that the subject may not look at. */
  let refused = 0;
  let page: { token: string | undefined; users: readonly User[]; next: string | undefined } | undefined;

  const usersAt = async (token: string | undefined) => {
    if (page === undefined || page.token !== token) {
      const data = await dataOf(
        google.users.users.list({
          customer,
          maxResults: usersPerPage,
          orderBy: 'email',
          query: 'isSuspended=false',
          fields: 'nextPageToken,users(id,primaryEmail)',
          ...(token !== undefined && { pageToken: token }),
        }),
      );
      const users = (Array.isArray(data.users) ? data.users : []).flatMap((user): User[] => {
        const [id, email] = [textAt(user, 'id'), textAt(user, 'primaryEmail')];
        return id !== undefined && /^\d{1,40}$/.test(id) ? [{ id, email: email?.slice(0, 320) ?? id }] : [];
      });
      page = { token, users, next: textAt(data, 'nextPageToken') };
    }
    return page;
  };

  const grantsOf = async (user: User): Promise<StateItem[]> => {
    try {
      const { items } = await dataOf(google.grants.tokens.list({ userKey: user.id }));
      return (Array.isArray(items) ? items : []).flatMap((token) => itemOf(user, token, context.now()));
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      // Deleted since the list of users was given.
      if (error.kind === 'gone') return [];
      if (error.kind !== 'permission' || !/\((forbidden|notAuthorized|403)\)/.test(error.message)) throw error;
      // Only super admins may look at super admins; who may look at nobody lacks the permission.
      if (++refused > steps * stepUsers) throw error;
      return [];
    }
  };

  const [listing] = stateParts(
    [
      {
        kind: 'grant',
        every: 86_400_000,
        pages: steps,
        async page(link) {
          const place: Place = link === undefined ? { at: 0 } : (JSON.parse(link) as Place);
          const { users, next } = await usersAt(place.users);
          const items: StateItem[] = [];
          const some = users.slice(place.at, place.at + stepUsers);
          const before = refused;
          for (const user of some) items.push(...(await grantsOf(user)));
          if (some.length > 1 && refused - before === some.length)
            throw new ApiFailure('permission', refusedText, { status: 403 });
          const at = place.at + some.length;
          if (at < users.length) return { items, next: JSON.stringify({ ...place, at }) };
          return { items, next: next === undefined ? undefined : JSON.stringify({ users: next, at: 0 }) };
        },
      },
    ],
    cursor,
    context,
  );
  const key = 'refused/grant';
  return {
    name: 'grant',
    async *read() {
      if (listing !== undefined) yield* listing.read();
      if (refused === 0 || cursor.get(key) !== undefined) return;
      const why = `Grants of ${refused} or more people could not be read: the subject may not look at super admins unless it is one.`;
      yield { chunks: [], cursor: new Map([[key, 'told']]), gaps: [{ at: context.now(), why }] };
    },
  };
}

const refusedText =
  'Google does not let the subject read what apps people have let in (forbidden): give it an admin role with the privilege User Security Management.';

function itemOf(user: User, token: unknown, now: number): StateItem[] {
  const client = textAt(token, 'clientId')?.slice(0, 200);
  if (!isObject(token) || client === undefined) return [];
  const name = textAt(token, 'displayText')?.slice(0, 256);
  const scopes = (Array.isArray(token.scopes) ? token.scopes : [])
    .filter((scope): scope is string => typeof scope === 'string' && scope !== '' && scope.length <= 200)
    .slice(0, 500)
    .sort();
  const id = `${user.id}/${client}`;
  const text = JSON.stringify({
    halflight_grant: 1,
    time: new Date(now).toISOString(),
    id,
    provider: 'google',
    permission: 'delegated',
    consent: 'user',
    user: user.email,
    app: name,
    app_id: client,
    scopes,
  });
  const app = { id: client, app_id: client, ...(name !== undefined && { name }) };
  return [
    { id, body: { permission: 'delegated', consent: 'user', principal: user.id, user: user.email, app, scopes }, text },
  ];
}
