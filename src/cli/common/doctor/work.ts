import type { Check } from '../../../core/check.js';
import { type Instance, loadInstances } from '../../../store/instances.js';
import { verifyAuditTail } from '../../../store/reads/audit-tail.js';
import { loadBacklog } from '../../../store/reads/backlog.js';
import { readOnly } from '../../../store/reads/read-only.js';
import { isLed } from '../../../store/reads/server-facts.js';
import type { Db } from '../../../store/tables.js';
import { ageText, bounded, failed, ok, patienceMs, warning } from './bounded.js';

/** A whole longer chain would take more than the time of a check. */
const auditRecords = 10_000;
const [oldChunkMs, oldNoticeMs] = [15 * 60_000, 60 * 60_000];

/** What waits, what was set aside, and whether it was told to whom it concerns. */
export function checkBacklog(db: Db, now: number): Promise<Check[]> {
  return bounded('work', 'Try again; see the log of the database.', async () => {
    const found = await readOnly(db, patienceMs, loadBacklog);
    const chunkAge = now - (found.oldestPending ?? now);
    const pending = `${found.pending} wait${found.pending === 0 ? '' : `, the oldest for ${ageText(chunkAge)}`}`;
    const noticeAge = now - (found.oldestNotice ?? now);
    const waiting = `${found.waitingNotices} wait${found.waitingNotices === 0 ? '' : `, the oldest for ${ageText(noticeAge)}`}`;
    return [
      found.pending > 0 && chunkAge > oldChunkMs
        ? warning(
            'chunks',
            pending,
            'See that a process works (below) and what its log says; start more "halflight work" where there is too much.',
          )
        : ok('chunks', pending),
      found.lost === 0
        ? ok('lost chunks', 'none')
        : warning(
            'lost chunks',
            `${found.lost}`,
            'Their bytes were gone before they were read: GET /v1/chunks?state=lost names them; send them again.',
          ),
      found.quarantined === 0
        ? ok('quarantine', 'empty')
        : warning(
            'quarantine',
            `${found.quarantined} pieces that ended their reader`,
            'GET /v1/chunks/ID says which records; docs/operations.md says what to do.',
          ),
      found.waitingNotices > 0 && noticeAge > oldNoticeMs
        ? warning('notices', waiting, 'See the check of the channel: it does not take them now.')
        : ok('notices', waiting),
      found.refusedNotices === 0
        ? ok('refused notices', 'none')
        : warning(
            'refused notices',
            `${found.refusedNotices}; the last: ${found.refusedWhy ?? 'unknown'}`,
            'Correct the channel: what it refused is not sent again.',
          ),
    ];
  });
}

export function checkAudit(db: Db): Promise<Check[]> {
  return bounded('audit log', 'Walk it whole: halflight audit verify', async () => {
    const { records, from, badSeq } = await readOnly(db, patienceMs, (trx) => verifyAuditTail(trx, auditRecords));
    if (badSeq !== undefined)
      return [
        failed(
          'audit log',
          `record ${badSeq} does not fit the chain`,
          'It was changed, or a record before it is gone: find out who had access to the database; "halflight audit verify" finds the first one.',
        ),
      ];
    const which = from === 1 ? `all ${records} records` : `the last ${records} records (from ${from} on)`;
    return [ok('audit log', `${which} fit the chain`)];
  });
}

/** The processes that the database knows of, for a second look at their beats. */
export const seenProcesses = (db: Db): Promise<Instance[]> => readOnly(db, patienceMs, loadInstances);

/** Which of them live: their beat moved since the first look. */
export function checkProcesses(db: Db, before: readonly Instance[], lock: string): Promise<Check[]> {
  return bounded('processes', 'Try again.', async () => {
    const [now, led] = await readOnly(
      db,
      patienceMs,
      async (trx) => [await loadInstances(trx), await isLed(trx, lock)] as const,
    );
    const first = new Map(before.map((instance) => [instance.id, instance.beat]));
    const alive = now.filter(({ id, beat }) => first.get(id) !== beat);
    const checks: Check[] = [];
    const names = alive.map(({ role, pid, host }) => `${role} (process ${pid} on ${host})`);
    checks.push(
      alive.length === 0
        ? warning('processes', 'none runs', 'Start one: halflight serve')
        : ok(
            'processes',
            names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`,
          ),
    );
    for (const { role, pid, host } of now.filter((instance) => !alive.includes(instance)))
      checks.push(
        warning(
          'processes',
          `${role} (process ${pid} on ${host}) shows no life`,
          'It was killed or hangs; another process takes over what it had in work within seconds.',
        ),
      );
    if (alive.length > 0)
      checks.push(
        led
          ? ok('scheduler', 'one process schedules')
          : failed(
              'scheduler',
              'nobody schedules',
              'Start "halflight schedule" or "halflight serve"; one in safe mode does not schedule.',
            ),
      );
    return checks;
  });
}
