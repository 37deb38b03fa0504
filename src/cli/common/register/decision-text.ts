import type { RecordedDecision } from '../../../core/decision.js';
import { safeLine } from '../../../core/terminal.js';
import { dayOf, formatTime } from '../../../core/time.js';
import { completeness } from '../../../inventory/completeness.js';
import { changedFields } from '../../../inventory/diff.js';
import { lastOfEach } from '../../../inventory/overlay.js';
import { isTwoPerson } from '../../../inventory/two-person.js';
import type { Decided } from '../../../jobs/inventory/decide.js';
import type { InventoryState } from '../../../store/inventory.js';
import type { Told } from './decide.js';
import { changeLine } from './diff-text.js';

/** Whether a decision counts: it does, a later one on the entry replaced it, or it yielded to a change of the base. */
export type DecisionStanding = 'counts' | 'replaced' | 'yielded';

export function standingOf(decision: RecordedDecision, state: InventoryState): DecisionStanding {
  if (state.holding.some(({ id }) => id === decision.id)) return 'counts';
  return lastOfEach(state.decisions).some(({ id }) => id === decision.id) ? 'yielded' : 'replaced';
}

/** What was decided, for people: what changed, and what to do next. */
export function decidedText({ decision, entry, before, acknowledged, findings }: Decided & Told): string {
  const { id, action, who, secondedBy } = decision;
  const lines = [
    `Decision ${id}: ${action} ${safeLine(entry.id)} (${safeLine(entry.name)}), by ${safeLine(who)}${secondedBy === undefined ? '' : ` and ${safeLine(secondedBy)}`}.`,
    ...(before === undefined ? [`  a new entry, ${entry.status}`] : changedFields(before, entry).map(changeLine)),
    `It counts now; ${findings}.`,
  ];
  if (acknowledged.length > 0)
    lines.push(`${acknowledged.length} open alert${acknowledged.length === 1 ? ' is' : 's are'} acknowledged.`);
  if (action === 'deny' && !isTwoPerson(entry))
    lines.push(
      'One person stands behind it. A block list that is served takes a denial of two:',
      `  halflight decide second ${id} --who NAME`,
    );
  if (action === 'approve' || action === 'except') {
    if (entry.allowed_account === 'any')
      lines.push('Personal accounts count as approved too; if not: --account-kind enterprise');
    const { score, missing } = completeness(entry);
    if (missing.length > 0) lines.push(`The entry is ${score} % complete; missing: ${short(missing)}.`);
  }
  return `${lines.join('\n')}\n`;
}

const short = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

/** The decisions for people, the newest first. */
export function listText(state: InventoryState, zone: string): string {
  if (state.decisions.length === 0)
    return 'There are no decisions: "halflight decide SUBJECT ACTION --why TEXT" makes one.\n';
  return state.decisions
    .toReversed()
    .map((decision) => {
      const { id, entry, action, until, conditions, why, who, at, secondedBy } = decision;
      const standing = standingOf(decision, state);
      const by = `${safeLine(who)}${secondedBy === undefined ? '' : ` and ${safeLine(secondedBy)}`}`;
      const more = [
        ...(until === undefined ? [] : [`until ${until}`]),
        ...(conditions.length === 0 ? [] : [`on condition: ${conditions.map(safeLine).join('; ')}`]),
        ...(standing === 'counts' ? [] : [standing]),
      ];
      return `${id}  ${dayOf(at, zone)}  ${action} ${safeLine(entry)}, by ${by}${more.length === 0 ? '' : ` (${more.join(', ')})`}\n    ${safeLine(why)}\n`;
    })
    .join('');
}

/** A decision for `--json`. */
export const decisionJson = (
  decision: RecordedDecision,
  standing: DecisionStanding | undefined,
): Record<string, unknown> => ({
  id: decision.id,
  subject: decision.subject,
  entry: decision.entry,
  action: decision.action,
  until: decision.until ?? null,
  conditions: decision.conditions,
  why: decision.why,
  who: decision.who,
  recorded_by: decision.recordedBy,
  at: formatTime(decision.at),
  seconded_by: decision.secondedBy ?? null,
  seconded_at: decision.secondedAt === undefined ? null : formatTime(decision.secondedAt),
  ...(standing !== undefined && { standing }),
});
