import { setTimeout as sleep } from 'node:timers/promises';
import { faultPoint } from '../../core/fault.js';
import type { Actor } from '../../core/usage.js';
import { Directory } from '../../people/directory.js';
import type { Person } from '../../people/person.js';
import { actorsWithRows, type Move, moveActors } from '../../store/actor-moves.js';
import { finishPass, loadResolution, type Pass, type Resolution, savePass } from '../../store/actor-resolution.js';
import { leaseMark } from '../../store/address-leases.js';
import { appendAudit } from '../../store/audit.js';
import { markDue } from '../../store/claims.js';
import { loadHolds } from '../../store/holds.js';
import { exclusively } from '../../store/job-runs.js';
import { lockShares } from '../../store/traces.js';
import { addressesLeasedAnew, type UnresolvedActor, unresolvedActors } from '../../store/unresolved.js';
import { lockUsageAlone } from '../../store/usage.js';
import type { ServiceContext } from '../context.js';
import { noRegister } from '../registers.js';
import { resolveActors } from './batch.js';
import { resolveCandidates } from './candidates.js';

/** Actors that one transaction looks at, and addresses, which may have many rows each; savers of chunks wait for as long. */
export interface AtOnce {
  actors: number;
  addresses: number;
}
const usually: AtOnce = { actors: 500, addresses: 100 };

/** What re-resolving uses of the context. */
export type ResolvingContext = Pick<ServiceContext, 'db' | 'log' | 'now' | 'ring' | 'registers'>;

/** Whether people or leases are other ones than those by which history was resolved. */
export async function isHistoryStale({ db, registers }: Pick<ServiceContext, 'db' | 'registers'>): Promise<boolean> {
  const [people, leases, known] = await Promise.all([registers.people(), leaseMark(db), loadResolution(db)]);
  // Nobody is known, and nothing says who had an address: there is nothing to resolve by.
  if (people.hash === noRegister && leases === 0) return false;
  return known.pass !== undefined || known.people !== people.hash || known.leases !== leases;
}

/**
 * Goes through the actors of history that were nobody known, and moves what is theirs to who they are now: usage, the chunks' shares of
 * it, evidence, candidates. Each step is one transaction with the place where the next goes on: killed anywhere, it is taken up there,
 * and twice is the same as once. `whole`: also where nothing is new (threads may have finished chunks with people of before).
 */
export async function reResolve(
  context: ResolvingContext,
  signal: AbortSignal,
  { whole = false, atOnce = usually }: { whole?: boolean; atOnce?: AtOnce } = {},
): Promise<string> {
  const ran = await exclusively(context.db, 're-resolve', () => run(context, signal, whole, atOnce));
  return ran.ran ? ran.value : 'another process is at it';
}

async function run(context: ResolvingContext, signal: AbortSignal, whole: boolean, atOnce: AtOnce): Promise<string> {
  const { db, registers } = context;
  const people = await registers.people();
  const known = await loadResolution(db);
  const leases = await leaseMark(db);
  let pass: Pass | undefined = nextPass(known, people.hash, leases, whole);
  if (pass === undefined) return 'nothing is new';
  const directory = new Directory(people.body);
  const held = new Set((await loadHolds(db)).flatMap(({ scope }) => scope.actor ?? []));
  const services = new Set<string>();
  if (pass.scope === 'all' && pass.after === undefined && pass.step === 'actors')
    for (const service of await joinFormer(context, people.body, held)) services.add(service);
  for (;;) {
    if (signal.aborted) return 'interrupted; it goes on from here';
    const step: Step = await nextStep(context, pass, known.leases, directory, held, atOnce);
    for (const service of step.services) services.add(service);
    if (step.services.length > 0) context.ring('reconcile', 'due');
    if (step.next === undefined) return finish(context, pass, services.size);
    pass = step.next;
    // The main thread computes here: others get their turn.
    await sleep(0);
  }
}

interface Step {
  /** Undefined: nothing is left. */
  next: Pass | undefined;
  services: readonly string[];
}

/** A pass that was begun by the people of now goes on; leases that came since are for the next one. */
function nextPass(known: Resolution, people: string, leases: number, whole: boolean): Pass | undefined {
  const { pass } = known;
  if (pass !== undefined && pass.people === people) return pass;
  const scope = whole || known.people !== people ? 'all' : known.leases === leases ? undefined : 'addresses';
  if (scope === undefined) return undefined;
  return {
    people,
    leases,
    scope,
    step: 'actors',
    after: undefined,
    afterCandidate: undefined,
    counts: { actors: 0, moved: 0, rows: 0, ambiguous: 0, held: 0 },
  };
}

async function nextStep(
  context: ResolvingContext,
  pass: Pass,
  leasesBefore: number,
  directory: Directory,
  held: ReadonlySet<string>,
  atOnce: AtOnce,
): Promise<Step> {
  const { db, now } = context;
  if (pass.step === 'candidates') return resolveCandidates(db, pass, directory, held);
  const actors = await actorsOf(context, pass, leasesBefore, atOnce);
  const last = actors.at(-1);
  if (last === undefined)
    return { next: pass.scope === 'all' ? { ...pass, step: 'candidates' } : undefined, services: [] };
  return db.transaction().execute(async (trx) => {
    const done = await resolveActors(trx, actors, directory, held);
    const { counts } = pass;
    const next: Pass = {
      ...pass,
      after: last,
      counts: {
        actors: counts.actors + actors.length,
        moved: counts.moved + done.moved,
        rows: counts.rows + done.rows,
        ambiguous: counts.ambiguous + done.ambiguous,
        held: counts.held + done.held,
      },
    };
    await savePass(trx, next);
    await markDue(trx, done.services, now(), null);
    await faultPoint('resolve.before');
    return { next, services: done.services };
  });
}

/** The actors of the next step: of one kind, and fewer addresses than others. */
async function actorsOf(
  { db }: ResolvingContext,
  pass: Pass,
  since: number,
  atOnce: AtOnce,
): Promise<UnresolvedActor[]> {
  if (pass.scope === 'addresses') {
    const wanted = { since, upTo: pass.leases, after: pass.after?.id ?? '' };
    return (await addressesLeasedAnew(db, wanted, atOnce.addresses)).map((id) => ({ kind: 'address' as const, id }));
  }
  const actors = await unresolvedActors(db, pass.after, atOnce.actors);
  return actors[0]?.kind === 'address'
    ? actors.filter(({ kind }) => kind === 'address').slice(0, atOnce.addresses)
    : actors;
}

/** History of people who turned out to be one with another goes to the id that stayed. */
async function joinFormer(
  { db, now }: ResolvingContext,
  people: readonly Person[],
  held: ReadonlySet<string>,
): Promise<readonly string[]> {
  const taken = new Set(people.map(({ id }) => id));
  const moves = people.flatMap(({ id, group, former = [] }): Move[] =>
    former
      .filter((old) => !taken.has(old) && !held.has(old))
      .map((old) => ({ from: { kind: 'person', id: old }, to: { kind: 'person', id, group } satisfies Actor })),
  );
  // Mostly they were moved long ago.
  const there = await actorsWithRows(
    db,
    'person',
    moves.map(({ from }) => from.id),
  );
  const left = moves.filter(({ from }) => there.has(from.id));
  if (left.length === 0) return [];
  return db.transaction().execute(async (trx) => {
    await lockShares(trx);
    await lockUsageAlone(trx);
    const moved = await moveActors(trx, left);
    await markDue(trx, moved.services, now(), null);
    return moved.services;
  });
}

async function finish({ db, log, now }: ResolvingContext, pass: Pass, services: number): Promise<string> {
  const { counts } = pass;
  await db.transaction().execute(async (trx) => {
    await finishPass(trx, pass, now());
    // A pass that moved nothing is no news.
    if (counts.moved > 0)
      await appendAudit(trx, {
        at: now(),
        who: 'service',
        action: 'history.resolved',
        subject: 'people',
        details: { people: pass.people, leases: pass.leases, ...counts, services },
      });
  });
  if (counts.moved > 0) log.info({ ...counts, services }, 'history was resolved by the people and leases of now');
  return `${counts.moved} of ${counts.actors} actors were resolved`;
}
