import { isObject, textAt } from '../../core/json.js';
import type { ApiClient } from '../common/api/client.js';
import { ApiFailure } from '../common/api/failure.js';
import { nextLinkOf } from '../common/api/link-header.js';
import { inTurn, type Part } from '../common/api/parts.js';
import { type StateListing, stateParts } from '../common/api/states.js';
import { type RecordStream, streamParts, usualPace } from '../common/api/streams.js';
import type { Batch, CollectContext, Cursor } from '../common/collector.js';
import { openOkta } from './client.js';
import type { OktaOptions } from './options.js';
import { assignmentOf, type OktaApp, personOf, recordOf } from './records.js';

const [minute, day] = [60_000, 86_400_000];
/** Pages of a listing in one collection. */
const pages = 50;

/** System Log, users, and who is assigned to AI apps. */
export async function* collectOkta(
  options: OktaOptions,
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  const client = openOkta(options, context);
  // Okta writes its log within seconds; what is later is found by the long windows.
  const pace = { ...usualPace, first: options.lookback, overlap: 30 * minute, keeps: 90 * day };
  const listings: StateListing[] = [];
  if (options.parts.includes('users')) listings.push(users(client));
  if (options.parts.includes('assignments')) listings.push(assignments(client, context));
  const parts: Part[] = [
    ...(options.parts.includes('log')
      ? streamParts([log(client, options.filter)], pace, cursor, context, () => client.theirNow)
      : []),
    ...stateParts(listings, cursor, context),
  ];
  yield* inTurn(parts, cursor, context);
}

/** A page of a list, and where the next one is. */
async function list(client: ApiClient, link: string): Promise<{ items: readonly unknown[]; next: string | undefined }> {
  const { body, headers } = await client.get(link);
  if (!Array.isArray(body)) throw new ApiFailure('other', 'Okta answered with no list: check org_url.');
  return { items: body as unknown[], next: nextLinkOf(headers.link) };
}

/** developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/#tag/SystemLog/operation/listLogEvents */
const log = (client: ApiClient, filter: string): RecordStream => ({
  name: 'System Log',
  async page({ from, to }, link) {
    const first = (): string =>
      client.url('logs', {
        since: new Date(from).toISOString(),
        until: new Date(to).toISOString(),
        limit: '1000',
        sortOrder: 'ASCENDING',
        ...(filter !== '' && { filter }),
      });
    const { items, next } = await list(client, link ?? first());
    // Some answers have a link to go on polling: nothing on the page means that there is no more.
    return { records: items.map((event) => recordOf(event, to)), next: items.length > 0 ? next : undefined };
  },
});

const users = (client: ApiClient): StateListing => ({
  kind: 'person',
  every: day,
  pages,
  async page(link) {
    const { items, next } = await list(client, link ?? client.url('users', { limit: '200' }));
    return { items: items.map(personOf).filter((item) => item !== undefined), next };
  },
});

/** Where a listing of assignments is: apps that are still to be asked, page links of the app at hand and of the list of apps. */
interface Place {
  queue: readonly OktaApp[];
  members?: string | undefined;
  apps?: string | undefined;
}

/** Only apps that the catalog knows are asked for their users: other assignments are nobody's business here. */
const assignments = (client: ApiClient, { knowsApp = () => false, now }: CollectContext): StateListing => ({
  kind: 'assignment',
  every: day,
  pages: 4 * pages,
  async page(link) {
    const place = link === undefined ? undefined : readPlace(link);
    const [app, ...queue] = place?.queue ?? [];
    if (app === undefined) {
      const first = client.url('apps', { filter: 'status eq "ACTIVE"', limit: '200' });
      const { items, next } = await list(client, place?.apps ?? first);
      const known = items.flatMap((item): OktaApp[] => {
        const [id, label, name] = [textAt(item, 'id'), textAt(item, 'label'), textAt(item, 'name')];
        if (id === undefined || !/^\w{1,100}$/.test(id)) return [];
        const found = [label, name].some((text) => text !== undefined && knowsApp(text));
        return found ? [{ id, name: (label ?? name ?? id).slice(0, 200) }] : [];
      });
      return { items: [], next: writePlace({ queue: known, apps: next }) };
    }
    try {
      const first = client.url(`apps/${app.id}/users`, { limit: '200', expand: 'user' });
      const { items, next } = await list(client, place?.members ?? first);
      const found = items.map((member) => assignmentOf(app, member, now())).filter((item) => item !== undefined);
      const rest = next === undefined ? { queue } : { queue: [app, ...queue], members: next };
      return { items: found, next: writePlace({ ...rest, apps: place?.apps }) };
    } catch (error) {
      // The app was deleted meanwhile: nobody has it.
      if (!(error instanceof ApiFailure && error.kind === 'gone') || place?.members !== undefined) throw error;
      return { items: [], next: writePlace({ queue, apps: place?.apps }) };
    }
  },
});

const writePlace = (place: Place): string | undefined =>
  place.queue.length === 0 && place.apps === undefined ? undefined : JSON.stringify(place);

function readPlace(text: string): Place {
  const place: unknown = JSON.parse(text);
  const queue = isObject(place) && Array.isArray(place.queue) ? (place.queue as OktaApp[]) : [];
  return { queue, members: textAt(place, 'members'), apps: textAt(place, 'apps') };
}
