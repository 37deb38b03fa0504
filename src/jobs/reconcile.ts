import { setTimeout as sleep } from 'node:timers/promises';
import { faultPoint } from '../core/fault.js';
import type { StoredFinding, Transition } from '../core/finding-state.js';
import { isUnverified } from '../core/provenance.js';
import type { Finding, InventoryEntry } from '../core/register.js';
import { dayOf } from '../core/time.js';
import { alternativesOf } from '../inventory/alternatives.js';
import { advance } from '../inventory/lifecycle.js';
import { reconcile } from '../inventory/reconcile.js';
import { historySignals } from '../inventory/signals/signals.js';
import type { Person } from '../people/person.js';
import {
  type DueService,
  dueServices,
  lastDayOf,
  loadActors,
  loadDailyUse,
  loadFindings,
  loadUse,
  lockReconciling,
  saveFinding,
  takeDue,
  vouchedKinds,
} from '../store/findings.js';
import { addNotice } from '../store/outbox.js';
import { groupBy } from '../store/reads/group.js';
import type { Db } from '../store/tables.js';
import { evaluate } from './alerts/evaluate.js';
import { type FindingUse, serviceFact } from './alerts/facts.js';
import type { ServiceContext } from './context.js';
import { findingNotice } from './notices.js';
import { noRegister } from './registers.js';

const dayMs = 86_400_000;
/** A service whose findings are known is looked at again at most this often, as its news are numbers; new services wait for nothing. */
const calmMs = 5000;
/** Days of history that signals look at. */
const historyDays = 365;
const atOnce = 50;

/**
 * Holds the use of services that changed against the inventory, and keeps the findings: the job behind the bell `reconcile`. Reads
 * the roll-up, never logs. Each service is one transaction with its history and its notices.
 */
export async function reconcileDue(context: ServiceContext, signal: AbortSignal): Promise<void> {
  for (;;) {
    const due = await dueServices(context.db, 500);
    const now = context.now();
    const ripe = due.filter(
      (item) => item.urgent || item.updatedAt === undefined || Math.abs(now - item.updatedAt) >= calmMs,
    );
    if (ripe.length === 0) {
      const next = Math.min(...due.map((item) => (item.updatedAt ?? 0) + calmMs));
      if (due.length > 0)
        context.ring('reconcile', `at-${Math.ceil(next / 1000)}`, { delay: Math.max(50, next - now) });
      return;
    }
    for (const item of ripe.slice(0, atOnce)) {
      if (signal.aborted) return;
      await reconcileService(context, item);
    }
    // Others get their turn: this is the one job that computes in the main thread.
    await sleep(0);
  }
}

/** Looks at one service again. */
export async function reconcileService(context: ServiceContext, item: DueService): Promise<void> {
  const { db, catalog, now, metrics, log } = context;
  const began = performance.now();
  const inventory = await context.registers.inventory();
  const groupSizes = sizesOf(await context.registers.people());
  await faultPoint('reconcile.before');
  const { transitions, alerted } = await db.transaction().execute(async (trx) => {
    await lockReconciling(trx);
    if (!(await takeDue(trx, item.service))) return { transitions: [], alerted: false };
    const { steps, uses } = await findingsOf(trx, context, item.service, { inventory, groupSizes });
    const told: Transition[] = [];
    for (const { next, transition } of steps) {
      await saveFinding(trx, next, transition, { chunkId: item.chunkId, now: now() });
      if (transition === undefined) continue;
      told.push(transition);
      const notice = findingNotice(next, transition, catalog.services.get(next.service));
      if (notice === undefined) continue;
      const channels = context.setup().channels.filter(({ notices }) => notices.includes(notice.kind));
      await addNotice(
        trx,
        notice,
        channels.map(({ id }) => id),
        now(),
      );
    }
    const alerted = await evaluate(trx, context, [await serviceFact(trx, context, item.service, uses)]);
    return { transitions: told, alerted };
  });
  await faultPoint('reconcile.after');
  metrics.jobSeconds.observe({ kind: 'reconcile', outcome: 'done' }, (performance.now() - began) / 1000);
  metrics.lagSeconds.observe({ stage: 'findings' }, Math.max(0, now() - item.at) / 1000);
  for (const transition of transitions) {
    if (transition.kind === 'updated') continue;
    const { finding, kind, to } = transition;
    log.info({ finding, kind, verdict: to.verdict, state: to.state, chunk: item.chunkId }, 'finding');
  }
  if (alerted || transitions.some(({ kind }) => kind !== 'updated')) context.ring('deliver', 'due');
}

async function findingsOf(
  trx: Db,
  { setup, catalog, now }: ServiceContext,
  service: string,
  {
    inventory,
    groupSizes,
  }: {
    inventory: { hash: string; body: readonly InventoryEntry[] };
    groupSizes: ReadonlyMap<string, number> | undefined;
  },
): Promise<{ steps: { next: StoredFinding; transition?: Transition | undefined }[]; uses: FindingUse[] }> {
  const { zone, findings, alerts } = setup();
  const at = now();
  const asOf = dayOf(at, zone);
  // Old logs that are read today are looked at as of their own last days.
  const last = (await lastDayOf(trx, service)) ?? asOf;
  const end = last < asOf ? last : asOf;
  const from = dayOf(Date.parse(`${end}T12:00:00Z`) - findings.window, 'UTC');
  // Undated use counts from when it came. Where that leaves nothing that somebody vouches for (days ahead of today, say) all there is
  // decides.
  const inWindow = await loadUse(trx, [service], { from, to: asOf, receivedSince: at - findings.window });
  const usage = inWindow.some((row) => !isUnverified(row.provenance)) ? inWindow : await loadUse(trx, [service]);
  const beside = await loadActors(trx, alternativesOf(service, inventory.body, catalog.services, asOf), {
    from,
    to: asOf,
  });
  const { findings: found } = reconcile({
    usage: [...usage, ...beside],
    entries: inventory.body,
    services: catalog.services,
    period: { from, to: asOf },
    asOf,
    sensitiveGroups: new Set(alerts.sensitive_groups),
  });
  const current = new Map(
    found.filter((finding) => finding.service === service).map((finding) => [finding.id, finding]),
  );
  const kinds = await vouchedKinds(trx, service);
  const stored = new Map((await loadFindings(trx, service)).map((finding) => [finding.id, finding]));
  const history = { from: dayOf(Date.parse(`${asOf}T12:00:00Z`) - historyDays * dayMs, 'UTC'), to: asOf };
  const byKind = groupBy(await loadDailyUse(trx, [service], history), ({ accountKind }) => `${service}/${accountKind}`);
  const steps: { next: StoredFinding; transition?: Transition | undefined }[] = [];
  const uses: FindingUse[] = [];
  for (const id of [...new Set([...current.keys(), ...stored.keys()])].sort()) {
    const finding = vouched(current.get(id), kinds);
    const entry = inventory.body.find((item) => item.id === finding?.entry);
    const daily = finding === undefined ? [] : (byKind.get(id) ?? []);
    const signals =
      finding === undefined
        ? []
        : historySignals({
            rows: daily,
            asOf,
            environment: entry?.environment,
            groupSizes,
          });
    const step = advance(stored.get(id), finding && { ...finding, signals: [...finding.signals, ...signals] }, {
      asOf,
      at,
      quietDays: Math.round(findings.quiet / dayMs),
      inventoryVersion: inventory.hash,
      catalogHash: catalog.hash,
      timezone: zone,
    });
    if (step === undefined) continue;
    steps.push(step);
    uses.push({ finding: step.next, daily, usage });
  }
  return { steps, uses };
}

/**
 * Where somebody vouches for older use, claims of today do not take its place: what is known stays, and falls quiet when its time has
 * come.
 */
const vouched = (finding: Finding | undefined, kinds: ReadonlySet<Finding['accountKind']>): Finding | undefined =>
  finding?.claimedOnly === true && kinds.has(finding.accountKind) ? undefined : finding;

/** Members of each group in the directory; undefined: there is none. */
function sizesOf({ hash, body }: { hash: string; body: readonly Person[] }): ReadonlyMap<string, number> | undefined {
  if (hash === noRegister) return undefined;
  const sizes = new Map<string, number>();
  // Who has left is a member of no group.
  for (const { group, disabled } of body) if (disabled !== true) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return sizes;
}
