import type { Catalog, TargetRule } from '../../catalog/compile.js';
import type { Reach } from '../../catalog/host-index.js';
import type { Event } from '../../core/event.js';

const reaches = new WeakMap<Catalog, Map<string, Reach>>();
const maxReaches = 2048;

/** What a host can lead to; remembered, since a few hosts have nearly all hits and several detectors ask for each. */
export function reachOf(host: string, catalog: Catalog): Reach {
  let known = reaches.get(catalog);
  if (known === undefined) {
    known = new Map();
    reaches.set(catalog, known);
  }
  let reach = known.get(host);
  if (reach === undefined) {
    reach = catalog.targets.reach(host);
    // Most hosts are none of the catalog's and seen once; a walk costs less than their place would.
    if (reach.rule === undefined && reach.paths.length === 0) return reach;
    if (known.size >= maxReaches) known.clear();
    // A copy: a slice of a log line would keep all of the line alive.
    known.set(Buffer.from(host).toString(), reach);
  }
  return reach;
}

/** Kinds of records that say where somebody was; a sign-in does so where it names a page and no app. */
const hasTarget = ({ kind, app }: Event): boolean =>
  kind === 'web' || kind === 'dns' || kind === 'activity' || (kind === 'signin' && app === undefined);

/** The rule for the destination of a network record; undefined where it has none or only a weak or telemetry one. */
export function ruleFor(event: Event, catalog: Catalog): TargetRule | undefined {
  if (event.host === undefined || !hasTarget(event)) return undefined;
  const { rule, paths } = reachOf(event.host, catalog);
  const found = paths.length === 0 ? rule : catalog.targets.find(event.host, event.path);
  return counts(found) ? found : undefined;
}

/** Whether a rule proves use: a weak or telemetry one does not. */
export const counts = (rule: TargetRule | undefined): rule is TargetRule =>
  rule !== undefined && !rule.weak && rule.role !== 'telemetry';
