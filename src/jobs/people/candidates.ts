import type { ActorKind } from '../../core/usage.js';
import { actorNow } from '../../people/actor-now.js';
import type { Directory } from '../../people/directory.js';
import { type CandidateWho, candidatesAfter, type Pass, savePass, saveWho } from '../../store/actor-resolution.js';
import type { Db } from '../../store/tables.js';
import { useLeases } from './batch.js';

const candidatesAtOnce = 500;

/** Names whom candidates were seen with by who they are now. One step of a pass; without a next one all are done. */
export async function resolveCandidates(
  db: Db,
  pass: Pass,
  directory: Directory,
  held: ReadonlySet<string>,
): Promise<{ next: Pass | undefined; services: readonly string[] }> {
  return db.transaction().execute(async (trx) => {
    const rows = await candidatesAfter(trx, pass.afterCandidate, candidatesAtOnce);
    const last = rows.at(-1);
    if (last === undefined) return { next: undefined, services: [] };
    const addresses = rows.flatMap(({ who }) => who.flatMap(([kind, id]) => (kind === 'address' ? [id] : [])));
    await useLeases(trx, directory, [...new Set(addresses)]);
    const changed = rows.flatMap((row) => {
      const who = whoNow(row, directory, held);
      return who === undefined
        ? []
        : [{ ...row, who, actors: Math.max(who.length, row.actors - (row.who.length - who.length)) }];
    });
    await saveWho(trx, changed);
    const next: Pass = {
      ...pass,
      afterCandidate: { chunk: last.chunk, position: last.position },
      counts: { ...pass.counts, rows: pass.counts.rows + changed.length },
    };
    await savePass(trx, next);
    return { next, services: [] };
  });
}

/** Undefined: nobody of them is somebody else now. */
function whoNow(row: CandidateWho, directory: Directory, held: ReadonlySet<string>): CandidateWho['who'] | undefined {
  const sums = new Map<string, [ActorKind, string, number]>();
  let changed = false;
  for (const [kind, id, events] of row.who) {
    const to = held.has(id) ? undefined : actorNow(directory, { kind, id }, row);
    changed ||= to !== undefined;
    const [nowKind, nowId] = [to?.kind ?? kind, to?.id ?? id];
    const key = `${nowKind} ${nowId}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, [nowKind, nowId, events]);
    else sum[2] += events;
  }
  if (!changed) return undefined;
  return [...sums.values()].sort((a, b) => b[2] - a[2] || (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1));
}
