import { faultPoint } from '../../core/fault.js';
import type { ReportDocument } from '../../reports/blocks/block.js';
import { editionOf } from '../../reports/periodic/edition.js';
import { leastMembers } from '../../reports/periodic/load.js';
import { documentHash, makeReport } from '../../reports/periodic/make.js';
import { instantsOf, periodOf, type ReportPeriod } from '../../reports/periodic/period.js';
import { checkpointBefore, inventoryOn } from '../../reports/periodic/registers.js';
import { addNotice } from '../../store/outbox.js';
import { peopleBefore } from '../../store/person-history.js';
import { lastEdition, lateInputs, newestPeriods, saveReport } from '../../store/reports.js';
import type { ServiceContext } from '../context.js';
import type { ReportList, ReportSetup } from '../setup.js';
import { cronSlots } from '../slots.js';
import { reportNotice } from './notice.js';

const dayMs = 86_400_000;
/** Periods of a list that are corrected when data of them come late. */
const corrected = 5;

/**
 * The task of a distribution list: the report of the period before the slot, once, and corrections of the last ones where data of them
 * came since. Report, audit record and deliveries are one transaction, so that a slot that is run again changes nothing.
 */
export async function makeReports(context: ServiceContext, id: string, slot: number): Promise<string> {
  const { reports, zone } = context.setup();
  const list = reports?.lists.find((item) => item.id === id);
  if (reports === undefined || list === undefined) return 'the list is no longer configured';
  const day = cronSlots(list.cron, zone).day(slot);
  const due = periodOf(list.period, day);
  if (due === undefined) return 'nothing to do';
  const done: string[] = [];
  const earlier = await newestPeriods(context.db, list.id, corrected);
  for (const group of list.role === 'manager' ? list.groups : [undefined]) {
    const made = await makeOne(context, { reports, list, group, period: due });
    if (made !== undefined) done.push(made);
    for (const name of earlier) {
      const period = name === due.id ? undefined : periodOf(name, day);
      const again = period && (await correct(context, { reports, list, group, period }));
      if (again !== undefined) done.push(again);
    }
  }
  context.ring('deliver', 'due');
  return done.length === 0 ? 'nothing to do' : done.join(', ');
}

interface Wanted {
  reports: ReportSetup;
  list: ReportList;
  group: string | undefined;
  period: ReportPeriod;
}

async function makeOne(context: ServiceContext, wanted: Wanted): Promise<string | undefined> {
  const { list, group = '', period } = wanted;
  if ((await lastEdition(context.db, { list: list.id, period: period.id, group })) !== undefined) return undefined;
  const made = await makeNow(context, wanted);
  // Of a group that is too small nothing is said, not even to its manager.
  if (list.role === 'manager' && made.facts.members < leastMembers) return `${period.id}: a group is too small`;
  await keep(context, wanted, { document: made.document, edition: 1, facts: made.facts });
  return period.id;
}

/** Another edition, where data came after the last one and change what it says. */
async function correct(context: ServiceContext, wanted: Wanted): Promise<string | undefined> {
  const { list, group = '', period } = wanted;
  const sent = await lastEdition(context.db, { list: list.id, period: period.id, group });
  if (sent === undefined) return undefined;
  const late = await lateInputs(context.db, { ...instantsOf(period, context.setup().zone), since: sent.at });
  if (late.chunks === 0) return undefined;
  const { document, facts } = await makeNow(context, wanted);
  if (documentHash(editionOf(document, sent.edition)) === sent.hash) return undefined;
  const edition = sent.edition + 1;
  await keep(context, wanted, { document: editionOf(document, edition), edition, facts });
  return `${period.id} revised`;
}

function makeNow({ db, catalog, setup }: ServiceContext, { reports, list, group, period }: Wanted) {
  const { zone, findings, answerWithin } = setup();
  return makeReport(db, async (snapshot) => ({
    period,
    audience: { role: list.role, group, names: list.names },
    zone,
    answerWithin,
    catalog,
    inventoryOn: (day: string) => inventoryOn(snapshot, day, zone),
    people: await peopleBefore(snapshot, instantsOf(period, zone).end),
    pseudonymKey: reports.pseudonymKey(),
    window: Math.round(findings.window / dayMs),
    quiet: Math.round(findings.quiet / dayMs),
    product: reports.product,
    checkpoint: (before: number) => checkpointBefore(snapshot, before),
  }));
}

async function keep(
  { db, now, log }: ServiceContext,
  { list, group = '', period }: Wanted,
  {
    document,
    edition,
    facts,
  }: { document: ReportDocument; edition: number; facts: Awaited<ReturnType<typeof makeNow>>['facts'] },
): Promise<void> {
  await faultPoint('report.before');
  const at = now();
  const { id, isNew } = await db.transaction().execute(async (trx) => {
    const kept = await saveReport(
      trx,
      {
        list: list.id,
        period: period.id,
        group,
        role: list.role,
        names: list.names,
        from: period.from,
        to: period.to,
        edition,
        catalogHash: facts.versions.catalog,
        inventoryHash: facts.versions.inventory,
        hash: documentHash(document),
        at,
      },
      JSON.stringify(document),
    );
    if (kept.isNew) await addNotice(trx, reportNotice(kept.id, document, { list, period, at }), list.channels, at);
    return kept;
  });
  await faultPoint('report.after');
  if (isNew) log.info({ report: id, list: list.id, period: period.id, edition }, 'report');
}
