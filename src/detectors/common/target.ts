import type { Catalog, TargetRule } from '../../catalog/compile.js';
import type { Event } from '../../core/event.js';

/** The rule for the destination of a network record; undefined where it has none or only a weak or telemetry one. */
export function ruleFor(event: Event, catalog: Catalog): TargetRule | undefined {
  if (event.host === undefined || (event.kind !== 'web' && event.kind !== 'dns' && event.kind !== 'activity'))
    return undefined;
  const rule = catalog.targets.find(event.host, event.path);
  return counts(rule) ? rule : undefined;
}

/** Whether a rule proves use: a weak or telemetry one does not. */
export const counts = (rule: TargetRule | undefined): rule is TargetRule =>
  rule !== undefined && !rule.weak && rule.role !== 'telemetry';
