import { safeLine } from '../../../core/terminal.js';
import { freshDays, type NudgePlan } from '../../../jobs/nudges/plan.js';
import { wrap } from '../../../reports/text-width.js';
import type { DryRun } from './dry-run.js';

const columns = 80;
/** People that are shown; the rest is counted. */
const shown = 20;

const reasons: Readonly<Record<keyof NudgePlan['without'], string>> = {
  limit: 'had their mail, about this or within the week or quarter',
  excluded: 'excluded by nudges.excluded_people',
  'excluded-group': 'in a group of nudges.excluded_groups',
  'other-group': 'not in a group of nudges.groups',
  held: 'named by a legal hold',
  left: 'no longer at work',
  'no-address': 'no e-mail address in the people directory',
  unknown: 'no longer in the people directory',
};

const counted = (count: number): string => `${count} ${count === 1 ? 'person' : 'people'}`;

/** For people, 80 columns. */
export function dryRunText({ plan: { planned, without }, enabled, isHour }: DryRun): string {
  const first = planned[0];
  return [
    ...wrap(
      `${counted(planned.length)} would be written to${isHour ? ' now' : ' at the next hour for mails'}, about use of the last ${freshDays} days.`,
      columns,
    ),
    ...Object.entries(without).map(([reason, count]) => `  ${count} not: ${reasons[reason as keyof typeof reasons]}`),
    ...(enabled
      ? []
      : [
          '',
          ...wrap(
            'Nobody is: nudges.enabled is false, or nudges.channel names no channel. This is what would be.',
            columns,
          ),
        ]),
    ...(planned.length === 0 ? [] : ['']),
    ...planned
      .slice(0, shown)
      .map(({ person, subject: { day, service, verdict } }) =>
        safeLine(`  ${person}  ${day}  ${service.name} (${verdict})`).slice(0, columns),
      ),
    ...(planned.length > shown ? [`  and ${planned.length - shown} more (--json shows all)`] : []),
    ...(first === undefined
      ? []
      : [
          '',
          `The mail to ${first.person}:`,
          '',
          ...[first.text.headline, ...first.text.paragraphs].flatMap((paragraph, at) => [
            ...(at === 0 ? [] : ['']),
            ...wrap(safeLine(paragraph), columns - 4).map((line) => `    ${line}`),
          ]),
        ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** For `--json`. */
export const dryRunJson = ({ plan: { day, planned, without }, enabled, isHour }: DryRun): object => ({
  day,
  enabled,
  hour: isHour,
  would_write: planned.length,
  without,
  nudges: planned.map(({ person, subject, text }) => ({
    person,
    service: subject.service.id,
    verdict: subject.verdict,
    day: subject.day,
    alternatives: subject.alternatives,
    headline: text.headline,
    paragraphs: text.paragraphs,
  })),
});
