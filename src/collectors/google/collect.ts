import { ApiFailure } from '../common/api/failure.js';
import { inTurn, type Part } from '../common/api/parts.js';
import { stateParts } from '../common/api/states.js';
import { streamParts, usualPace } from '../common/api/streams.js';
import type { Batch, CollectContext, Cursor } from '../common/collector.js';
import { activityStream, logs } from './activities.js';
import { openGoogle } from './client.js';
import { extensionListing } from './extensions.js';
import { grantsPart } from './grants.js';
import type { GoogleOptions, GooglePart } from './options.js';
import { userListing } from './people.js';

/** The Reports API refuses times before 180 days; the clocks may differ. */
const kept = 179 * 86_400_000;

/** Activities of the Reports API, users, what apps they let in, extensions of managed browsers. */
export async function* collectGoogle(
  options: GoogleOptions,
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  const google = await openGoogle(options, context);
  const { customer } = options;
  const has = (part: GooglePart): boolean => options.parts.includes(part);
  const chosen = logs.filter(({ part }) => has(part));
  const streams = streamParts(
    chosen.map((log) => activityStream(google, log)),
    { ...usualPace, first: options.lookback, keeps: kept },
    cursor,
    context,
    google.theirNow,
  ).map((part) => {
    const log = chosen.find(({ application }) => application === part.name);
    return log?.optional ? leftOut(part, log.part, cursor, context) : part;
  });
  const extensions = stateParts(
    has('extensions') ? [extensionListing(google, customer, context)] : [],
    cursor,
    context,
  ).map((part) => leftOut(part, 'extensions', cursor, context));
  const parts: Part[] = [
    ...(chosen.length > 0 ? streams : []),
    ...stateParts(has('users') ? [userListing(google, customer)] : [], cursor, context),
    ...(has('grants') ? [grantsPart(google, customer, cursor, context)] : []),
    ...extensions,
  ];
  yield* inTurn(parts, cursor, context);
}

/**
 * A part that not every organisation has: where Google does not have it, that is a gap once, and no trouble of the source. It is asked
 * again each time, since a licence may be bought.
 */
function leftOut(part: Part, name: GooglePart, cursor: Cursor, context: CollectContext): Part {
  const key = `left-out/${name}`;
  return {
    ...part,
    async *read() {
      try {
        yield* part.read();
        if (cursor.get(key) !== undefined) yield { chunks: [], cursor: new Map([[key, null]]) };
      } catch (error) {
        if (!(error instanceof ApiFailure) || !isAbsent(error)) throw error;
        if (cursor.get(key) !== undefined) return;
        const why = `${name} is left out, as Google does not give it to this organisation (${error.status ?? 'no'}). License it, or take ${name} out of parts.`;
        yield { chunks: [], cursor: new Map([[key, 'told']]), gaps: [{ at: context.now(), why }] };
      }
    },
  };
}

/** Not there, in contrast to not allowed: a missing scope and an API that is off have other words. */
export const isAbsent = ({ kind, status, message }: ApiFailure): boolean =>
  kind === 'gone' ||
  (kind === 'other' && status === 400) ||
  (kind === 'permission' && /\((forbidden|notAuthorized|PERMISSION_DENIED|403)\)/.test(message));
