import { inTurn, type Part } from '../common/api/parts.js';
import { stateParts } from '../common/api/states.js';
import { streamParts, usualPace } from '../common/api/streams.js';
import type { Batch, CollectContext, Cursor } from '../common/collector.js';
import { appFields, appOf, Names } from './apps.js';
import { appListing, grantListing } from './grants.js';
import { Graph } from './graph.js';
import type { EntraOptions } from './options.js';
import { personListing } from './people.js';
import { streamsOf } from './streams.js';

/** Everything that was chosen, one after another: people first, so that the names of those who sign in are known. */
export function collectEntra(
  options: EntraOptions,
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  const graph = new Graph(options, context);
  const { parts, lookback } = options;
  const apps = new Names(graph, 'servicePrincipals', appFields, appOf);
  const listings = [
    ...(parts.includes('people') ? [personListing(graph)] : []),
    ...(parts.includes('grants') ? [appListing(graph, apps), grantListing(graph, apps, context)] : []),
  ];
  const streams = streamsOf(graph, parts);
  const all: Part[] = [
    ...stateParts(listings, cursor, context),
    ...(streams.length === 0
      ? []
      : streamParts(streams, { ...usualPace, first: lookback }, cursor, context, () => graph.theirNow)),
  ];
  return inTurn(all, cursor, context);
}
