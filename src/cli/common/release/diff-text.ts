import type { CatalogDiff, Change, Signature } from '../../../catalog/diff.js';
import { isEmptyDiff } from '../../../catalog/diff.js';
import { safeLine } from '../../../core/terminal.js';
import { wrap } from '../../../reports/text-width.js';

const columns = 80;

/** What the other version would change for findings, in sentences. */
export function effectsOf({ services, signatures, reattributed, uncounted, risk }: CatalogDiff): string[] {
  const effects: string[] = [];
  const say = (count: number, one: string, many: string, effect: string): void => {
    if (count > 0) effects.push(`${count === 1 ? one : many.replace('#', String(count))} ${effect}`);
  };
  say(
    services.added.length,
    '1 new service:',
    '# new services:',
    'use opens new findings, which no entry of the register names yet.',
  );
  say(
    services.dropped.length,
    '1 service is dropped:',
    '# services are dropped:',
    'no use is seen any more, and findings are resolved after the quiet time.',
  );
  say(
    services.renamed.length,
    '1 service has a new id:',
    '# services have a new id:',
    'name the new id in the register, or its use is unregistered.',
  );
  say(
    reattributed.length,
    '1 signature names another service:',
    '# signatures name another service:',
    'use moves to findings of the other service, which the register must name then.',
  );
  say(
    uncounted.length,
    '1 host or path counts no more:',
    '# hosts or paths count no more:',
    'requests there are no AI use from then on.',
  );
  const changed = (...fields: string[]): number =>
    signatures.changed.filter(({ field }) => fields.includes(field)).length;
  say(
    changed('account'),
    '1 signature tells another account kind:',
    '# signatures tell another account kind:',
    'a verdict may become wrong-account, or cease to be.',
  );
  say(
    changed('role'),
    '1 signature has another role:',
    '# signatures have another role:',
    'a visit may become a transfer of data, or the other way round.',
  );
  say(
    changed('weak', 'ambiguous'),
    '1 signature became or is no longer weak:',
    '# signatures became or are no longer weak:',
    'what is weak is no use by itself.',
  );
  say(
    services.changed.filter(({ field }) => field === 'confidence').length + changed('confidence'),
    '1 confidence changed:',
    '# confidences changed:',
    'hits say the new one.',
  );
  const rated = new Set([
    ...risk.map(({ service }) => service),
    ...services.changed.filter(({ field }) => field === 'category').map(({ service }) => service),
  ]);
  say(
    rated.size,
    '1 service is rated by other facts:',
    '# services are rated by other facts:',
    'the risk of findings is worked out again.',
  );
  if (effects.length > 0)
    effects.push('Logs that were read already keep their results until "halflight replay" has them read again.');
  return effects;
}

/** The difference for a terminal of 80 columns. */
export function diffToText(diff: CatalogDiff, from: string, to: string): string[] {
  const lines: string[] = [];
  const add = (text: string, indent = 0): void => {
    for (const [i, line] of wrap(safeLine(text), columns - indent - 2).entries())
      lines.push(`${' '.repeat(indent + (i > 0 ? 2 : 0))}${line}`);
  };
  add(`From ${from}`);
  add(`to ${to}`);
  if (isEmptyDiff(diff)) return [...lines, '', 'Both say the same.'];
  const section = <T>(title: string, list: readonly T[], tell: (item: T) => string): void => {
    if (list.length === 0) return;
    lines.push('', `${title} (${list.length})`);
    for (const item of list) add(tell(item), 2);
  };
  const { services, signatures } = diff;
  const service = ({ id, name, vendor }: { id: string; name: string; vendor: string }): string =>
    `${id}: ${name} (${vendor})`;
  const signature = ({ kind, value, service: id }: Signature): string => `${id}: ${words(kind)} ${value}`;
  const change = ({ service: id, field, before, after }: Change): string =>
    `${id}: ${words(field)} ${before || 'not stated'} -> ${after || 'not stated'}`;
  section('Services added', services.added, service);
  section('Services dropped', services.dropped, service);
  section('Services with a new id', services.renamed, ({ from: old, to: id, name }) => `${old} -> ${id}: ${name}`);
  section('Services changed', services.changed, change);
  section(
    'Names another service now',
    diff.reattributed,
    ({ kind, value, from: old, to: id }) => `${words(kind)} ${value}: ${old} -> ${id}`,
  );
  section('Counts no more', diff.uncounted, ({ value, service: id }) => `${value} (${id})`);
  section('Signatures added', signatures.added, signature);
  section('Signatures dropped', signatures.dropped, signature);
  section(
    'Signatures changed',
    signatures.changed,
    (item) => `${signature(item)}: ${item.field} ${item.before || 'not set'} -> ${item.after || 'not set'}`,
  );
  section('Risk', diff.risk, change);
  lines.push('', 'What it changes for findings');
  for (const effect of effectsOf(diff)) add(effect, 2);
  return lines;
}

/** `oauth_apps` -> `oauth app`: one signature of a kind. */
const words = (kind: string): string => kind.replaceAll('_', ' ').replace(/s$/, '');
