import { faultPoint } from '../../core/fault.js';
import { forgetResolution } from '../../store/actor-resolution.js';
import { lockAlerts } from '../../store/alerts.js';
import { endChunk } from '../../store/chunk-ends.js';
import { type Claim, claimChunk, commitChunk, keepResults, releaseChunk } from '../../store/claims.js';
import { isDataError } from '../../store/errors.js';
import { loadInput } from '../../store/intake.js';
import { chunkPlace } from '../../store/reads/chunk-place.js';
import { evaluate } from '../alerts/evaluate.js';
import { candidateFacts } from '../alerts/facts.js';
import type { ServiceContext } from '../context.js';
import type { SourceSetup } from '../setup.js';
import type { IngestContext } from './context.js';
import { isolate } from './isolate.js';
import type { ThreadJob } from './messages.js';
import { chunkResult, rulesHash } from './result.js';
import type { ThreadAnswer } from './scanner.js';

/** Tries of a chunk before it is divided, and of a part of one. */
const triesBeforeDividing = { whole: 2, part: 1 };
/** How long bytes may be gone (a rotation under way, a bucket out of reach) before they count as lost. */
const lostAfter = 24 * 3_600_000;
const waits = { gone: 5000, unreachable: 15_000, longest: 300_000 };

/**
 * Scans a chunk and keeps what it gave: the job behind the bell `ingest`. Called twice, or at the same time elsewhere, it does
 * nothing more. A chunk that ends its reader is divided until only the guilty record is put aside.
 */
export const ingest = (context: IngestContext, chunkId: number): Promise<void> =>
  context.inWork.onChunk(chunkId, () => claimAndWork(context, chunkId));

async function claimAndWork(context: IngestContext, chunkId: number): Promise<void> {
  const { db, log, now } = context;
  const claim = await claimChunk(db, chunkId, context.instance(), now());
  if (claim === undefined) return;
  const about = { chunk: chunkId, source: claim.source };
  const began = performance.now();
  await faultPoint('work.claimed');
  try {
    const outcome = await work(context, claim);
    context.metrics.jobSeconds.observe({ kind: 'ingest', outcome }, (performance.now() - began) / 1000);
    log.debug({ ...about, outcome, ms: Math.round(performance.now() - began) }, 'chunk worked on');
  } catch (error) {
    // The database or the program failed, not the chunk; unless the database refuses what it holds.
    log.error({ ...about, err: error }, 'chunk could not be worked on; it is tried again');
    await releaseChunk(db, claim, {
      error: error instanceof Error ? error.message : String(error),
      notBefore: now() + waits.gone,
      ownFault: isDataError(error),
    }).catch(() => {});
    throw error;
  }
}

async function work(context: IngestContext, claim: Claim): Promise<string> {
  const source = context.setup().sources.find(({ id }) => id === claim.source);
  const job = await threadJob(context, claim, source);
  if (job === undefined) {
    await later(context, claim, `the source ${claim.source} is not in the configuration`, waits.longest);
    return 'later';
  }
  const tries = claim.part === undefined ? triesBeforeDividing.whole : triesBeforeDividing.part;
  if (claim.attempts >= tries)
    return isolate(
      context,
      claim,
      job,
      () => partsOf(context, claim, job),
      (answer) => failed(context, claim, answer),
    );
  const { chunkDeadline } = context.setup().work;
  const scanner = await context.scanner();
  const people = await context.registers.people();
  const answer = await scanner.run(job, chunkDeadline, partsOf(context, claim, job));
  await faultPoint('work.scanned');
  if (answer.kind !== 'scanned') return failed(context, claim, answer);

  const { result } = answer;
  if (result.format === undefined && result.bytes > 0) {
    if (claim.replaces) {
      await keepResults(context.db, claim, `not scanned again: no format fits: ${result.why}`);
      return 'kept';
    }
    await endChunk(context.db, claim, {
      state: 'quarantined',
      why: `no format fits: ${result.why}`,
      now: context.now(),
    });
    return 'no format';
  }
  const rules = rulesHash(answer.catalogHash, context.setup(), source, people.hash);
  await faultPoint('commit.before');
  const results = chunkResult(claim, result, rules, context.now());
  let alerted = false;
  const outcome = await commitChunk(context.db, claim, results, result.problem, async (trx) => {
    if (results.candidates.length === 0) return;
    await lockAlerts(trx);
    alerted = await evaluate(trx, context, await candidateFacts(trx, results.candidates));
  });
  await faultPoint('commit.after');
  if (outcome === 'fenced') {
    context.log.warn({ chunk: claim.id, source: claim.source }, 'the lease was lost; another process does this chunk');
    return 'fenced';
  }
  if (alerted) context.ring('deliver', 'due');
  // People were other ones when it was read: what it found is looked at again.
  if ((await context.registers.people()).hash !== people.hash) await forgetResolution(context.db);
  context.metrics.lagSeconds.observe({ stage: 'results' }, Math.max(0, context.now() - claim.receivedAt) / 1000);
  if (result.usage.length > 0 || result.expenses.length > 0 || claim.replaces) context.ring('reconcile', 'due');
  context.log.info(
    {
      chunk: claim.id,
      source: claim.source,
      records: result.counts.records,
      hits: result.hits,
      rejected: result.counts.rejected,
    },
    'chunk done',
  );
  return 'done';
}

/** What a thread needs to work on the chunk. Undefined: its source is unknown, and only it knows how to open the bytes. */
export async function threadJob(
  { db }: Pick<ServiceContext, 'db'>,
  claim: Claim,
  source: SourceSetup | undefined,
): Promise<ThreadJob | undefined> {
  const place = claim.part === undefined ? claim.place : await chunkPlace(db, claim.part.of);
  if (place !== undefined && source?.role !== 'collector') return undefined;
  return {
    work: 'scan',
    chunk: { key: claim.key, name: claim.name, place, size: claim.size, modified: claim.modified, prime: claim.prime },
    collector:
      place === undefined || source === undefined
        ? undefined
        : { id: source.kind, source: source.id, options: source.options },
    format: source?.format,
    mapping: source?.mapping,
    logZone: source?.logZone ?? 'UTC',
    // Nobody vouches for data of a source that nobody knows.
    provenance: source?.provenance ?? 'unauthenticated',
    stampedBy: source?.role === 'receiver' ? source.kind : undefined,
    records: claim.part === undefined ? undefined : { from: claim.part.from, to: claim.part.to },
  };
}

const partsOf = ({ db }: ServiceContext, claim: Claim, job: ThreadJob): AsyncIterable<Buffer> | undefined =>
  job.collector === undefined ? loadInput(db, claim.part?.of ?? claim.id) : undefined;

async function failed(
  context: IngestContext,
  claim: Claim,
  answer: Exclude<ThreadAnswer, { kind: 'scanned' }>,
): Promise<string> {
  const { db, now } = context;
  if (answer.kind === 'gone' && claim.replaces) {
    await keepResults(db, claim, `not scanned again: ${answer.why}`);
    return 'kept';
  }
  if (answer.kind === 'gone' && now() - claim.receivedAt > lostAfter) {
    await endChunk(db, claim, { state: 'lost', why: `${claim.name}: ${answer.why}`, now: now() });
    return 'lost';
  }
  if (answer.kind === 'gone' || answer.kind === 'unreachable') {
    await later(context, claim, answer.why, waits[answer.kind]);
    return answer.kind;
  }
  const why =
    answer.kind === 'counted' || answer.kind === 'extracted' ? 'the thread answered something else' : answer.why;
  context.log.warn({ chunk: claim.id, source: claim.source, why }, 'a chunk ended its reader');
  await releaseChunk(db, claim, { error: why, notBefore: now(), ownFault: true });
  context.ring('ingest', String(claim.id));
  return 'failed';
}

/** Gives the chunk back; it waits the longer the older it is. */
async function later({ db, now, log }: ServiceContext, claim: Claim, why: string, wait: number): Promise<void> {
  const age = now() - claim.receivedAt;
  const notBefore = now() + Math.round(Math.min(waits.longest, Math.max(wait, age / 10)));
  log.debug({ chunk: claim.id, source: claim.source, why }, 'chunk put off');
  await releaseChunk(db, claim, { error: why, notBefore, ownFault: false });
}
