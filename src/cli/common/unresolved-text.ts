import { safeLine } from '../../core/terminal.js';
import type { Unresolved } from '../../people/unresolved.js';
import type { Labels } from '../../reports/people.js';

const shownGroups = 15;
const width = 80;
/** Cut to what is left of a line. */
const fitted = (before: string, text: string): string =>
  before.length + text.length <= width ? before + text : `${before}${text.slice(0, width - before.length - 1)}…`;
const percent = (share: number): string => (share > 0 && share < 0.005 ? '<1 %' : `${Math.round(share * 100)} %`);
const number = (value: number): string => value.toLocaleString('en-US');

/** The list for a terminal of 80 columns. */
export function unresolvedText(list: Unresolved, labels: Labels, limit: number): string {
  if (list.events === 0) return 'Nothing was found yet, so nobody is to be resolved.\n';
  if (list.actors === 0) return 'Every event is of a person of the directory.\n';
  const share = percent(list.unresolved / list.events);
  const lines = [
    `${number(list.actors)} ${list.actors === 1 ? 'actor is' : 'actors are'} nobody known: ${share} of ${number(list.events)} events.`,
    '',
    'What would tell who they are',
    `${'share'.padStart(6)}${'events'.padStart(10)}${'actors'.padStart(8)}  what`,
  ];
  for (const { share: part, events, actors, hint } of list.groups.slice(0, shownGroups)) {
    const numbers = `${percent(part).padStart(6)}${number(events).padStart(10)}${number(actors).padStart(8)}  `;
    lines.push(fitted(numbers, safeLine(hint)));
  }
  if (list.groups.length > shownGroups) lines.push(`       and ${list.groups.length - shownGroups} more`);
  lines.push(
    '',
    'Who they are',
    `${'share'.padStart(6)}${'events'.padStart(11)}${'services'.padStart(10)}${'findings'.padStart(10)}${'MB out'.padStart(10)}  actor`,
  );
  for (const actor of list.byActor.slice(0, limit)) {
    const name = labels.actor({ kind: actor.kind, id: actor.id, group: '' });
    const numbers =
      percent(actor.share).padStart(6) +
      number(actor.events).padStart(11) +
      number(actor.services).padStart(10) +
      number(actor.findings).padStart(10) +
      (actor.bytesOut / 1e6).toFixed(1).padStart(10);
    lines.push(fitted(`${numbers}  `, safeLine(labels.names ? `${actor.kind} ${name}` : name)));
  }
  if (list.byActor.length > limit)
    lines.push(`       and ${number(list.byActor.length - limit)} more: --limit, or --json for all`);
  return `${lines.join('\n')}\n`;
}

/** The list as JSON. */
export function unresolvedJson(list: Unresolved, labels: Labels): Record<string, unknown> {
  return {
    events: list.events,
    unresolved: list.unresolved,
    actors: list.actors,
    groups: list.groups.map(({ group, kind, hint, actors, events, share }) => ({
      group,
      kind,
      hint,
      actors,
      events,
      share: rounded(share),
    })),
    by_actor: list.byActor.map(({ kind, id, events, services, findings, bytesOut, bytesIn, share, hint }) => ({
      kind,
      actor: labels.actor({ kind, id, group: '' }),
      events,
      services,
      findings,
      bytes_out: bytesOut,
      bytes_in: bytesIn,
      share: rounded(share),
      hint,
    })),
  };
}

const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;
