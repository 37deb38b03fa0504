import { type Strength, strengths } from '../../core/hit.js';
import type { Signal } from '../../core/register.js';
import { count } from '../words.js';
import { dayText, type History } from './history.js';
import type { SignalRules } from './rules.js';

const proofs: Readonly<Record<Strength, string>> = {
  declared: 'declarations',
  contact: 'name lookups',
  visit: 'visits',
  transfer: 'uploads or calls of an API',
  account: 'sign-ins',
  permission: 'permissions',
  payment: 'payments',
};

/** A stronger proof than any before: visits became uploads, uploads became a granted permission. What is only declared proves nothing. */
export function newStrengthSignal(history: History, { newStrength: rule }: SignalRules): Signal | undefined {
  const from = history.today - rule.windowDays + 1;
  if (history.first === undefined || from - history.first < rule.minDays) return undefined;
  const before = history.strongest(history.first, from - 1, () => 1);
  const now = history.strongest(from, history.today, (strength) => rule.days[strength]);
  if (before === undefined || now === undefined) return undefined;
  const steps = strengths.indexOf(now.strength) - strengths.indexOf(before.strength);
  if (steps <= 0) return undefined;
  const days = from - history.first;
  const why =
    `Since ${dayText(now.since)} ${proofs[now.strength]} are seen (${now.strength}); in the ${count(days, 'day')} before the last ` +
    `${rule.windowDays}, ${proofs[before.strength]} were the strongest proof (${before.strength}).`;
  return { name: 'new-strength', why, numbers: { steps, daysBefore: days } };
}
