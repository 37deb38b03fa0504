import type { Batch, CollectContext, Cursor } from '../common/collector.js';
import { explained } from './errors.js';
import { Finder } from './finder.js';
import { openList } from './list.js';
import { type Run, readRun, readWhole, runEntry, scopeOf, toForget, type Whole, wholeEntry } from './memory.js';
import type { StoredObject } from './objects.js';
import type { S3Options } from './options.js';

const batchObjects = 250;
/** So many pages without news are listed before the place is kept. */
const quietPages = 10;
/** A bucket with no more pages is listed whole each time. */
const shortPages = 20;
/** Ten million objects: what is left waits for the next run. */
const mostPages = 10_000;
const mostIdlePages = 50;

/**
 * Finds new objects by listing.
 *
 * A listing of everything sees each object. What was modified before the last such listing began, less the look-back, was seen by it;
 * of what is younger the cursor remembers what was seen, and forgets it when it is older. So an object that appears late under an
 * early name is found, whatever its name, and what is remembered is bounded by the look-back. In large buckets most runs begin at
 * the first name that had something recent, and a listing of everything follows four times in a look-back.
 */
export async function* collectObjects(
  options: S3Options,
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  const where = `s3://${options.bucket}/${options.prefix}`;
  const list = await openList(options, context);
  const scope = scopeOf(options);
  const whole = readWhole(cursor, scope);
  const horizon = whole === undefined ? Number.NEGATIVE_INFINITY : whole.started - options.lookback;
  const finder = new Finder(options, cursor, horizon);
  let run = readRun(cursor, scope) ?? begin(scope, whole, context.now(), options.lookback);
  let token: string | undefined;
  let idle = 0;
  for (let pages = 0, quiet = 1; pages < mostPages && !context.signal.aborted; pages++, quiet++) {
    const page = await list({ after: run.after, token }).catch((error: unknown) => {
      throw explained(error, options);
    });
    const before = run.after;
    finder.nextPage();
    run = { ...run, pages: run.pages + 1, started: run.pages === 0 ? page.at : run.started };
    const rememberFrom = whole === undefined ? run.started - options.lookback : horizon;
    for (let i = 0; i < page.objects.length; i += batchObjects) {
      const objects = page.objects.slice(i, i + batchObjects);
      run = advanced(run, objects, options.lookback);
      const batch = finder.batch(objects, rememberFrom, context.now());
      if (batch.cursor.size === 0 && batch.chunks.length === 0 && batch.gaps?.length === 0) continue;
      yield { ...batch, cursor: new Map([...batch.cursor, runEntry(run)]) };
      quiet = 0;
    }
    context.progress?.(`${where}: ${run.pages} pages listed, ${finder.count} new objects`);
    if (page.token === undefined) return yield* finish(run, cursor, finder.fresh, options.lookback);
    idle = run.after === before ? idle + 1 : 0;
    if (idle > mostIdlePages)
      throw new Error(
        `${where}: the listing does not get on. Check that endpoint is an S3 service, and ask its provider.`,
      );
    token = page.token === '' ? undefined : page.token;
    if (quiet >= quietPages) {
      yield { chunks: [], cursor: new Map([runEntry(run)]) };
      quiet = 0;
    }
  }
}

function begin(scope: string, whole: Whole | undefined, now: number, lookback: number): Run {
  const quick = whole !== undefined && whole.pages > shortPages && Math.abs(now - whole.started) < lookback / 4;
  const after = quick ? whole.head : '';
  return { scope, whole: !quick, started: 0, pages: 0, after, ordered: true, head: '', headFound: false };
}

/** A run that has seen these objects too. */
function advanced(run: Run, objects: readonly StoredObject[], lookback: number): Run {
  const next = { ...run };
  for (const { key, modified } of objects) {
    if (isBehind(key, next.after)) next.after = key;
    else if (key !== next.after) next.ordered = false;
    if (!next.headFound && modified < run.started - lookback) next.head = key;
    else next.headFound = true;
  }
  return next;
}

/** Names stand in the order of their UTF-8 bytes. */
const isBehind = (key: string, other: string): boolean => Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;

/** Ends a run; one over everything moves the horizon, and what lies before it is forgotten. */
async function* finish(
  run: Run,
  cursor: Cursor,
  fresh: ReadonlyMap<string, string>,
  lookback: number,
): AsyncGenerator<Batch, void> {
  if (!run.whole) return yield { chunks: [], cursor: new Map([runEntry(null)]) };
  const { scope, started, pages, head } = run;
  // Out of order, no name stands for all before it.
  const next: Whole = { scope, started, pages, head: run.ordered ? head : '' };
  yield { chunks: [], cursor: new Map([runEntry(null), wholeEntry(next)]) };
  const old = toForget(cursor, fresh, started - lookback);
  for (let i = 0; i < old.length; i += 1000)
    yield { chunks: [], cursor: new Map(old.slice(i, i + 1000).map((key) => [key, null])) };
}
