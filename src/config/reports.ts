import { z } from 'zod';
import { nearest, type Problem } from '../core/problem.js';
import { namingRoles, reportFormats, reportRoles } from '../core/report-role.js';
import { id, oneOf, text } from './fields.js';
import type { Path } from './secret.js';

const list = 'accepted is a list';
const most = (count: number): string => `accepted are at most ${count} items`;

const report = z
  .strictObject(
    {
      id: id().describe('Name of the distribution list.'),
      role: oneOf(reportRoles).describe(
        'For whom it is, which decides what is in it: admin, security, auditor, or manager of groups.',
      ),
      schedule: text("weekly, monthly, or a cron expression such as '0 7 * * 1'", 200)
        .prefault('weekly')
        .describe(
          "When it is made: weekly (Mondays at 6), monthly (on the first at 6), or a cron expression in the organisation's zone.",
        ),
      period: oneOf(['week', 'month'])
        .optional()
        .describe(
          'What it is about: the last whole week or month. Without it the month where it is made monthly, else the week.',
        ),
      groups: z
        .array(text('the name of a group', 200), { error: list })
        .max(200, most(200))
        .prefault([])
        .describe(
          'For the role manager: the groups, of each of which a report is made. One with fewer than five members has none.',
        ),
      names: z
        .boolean({ error: 'accepted is true or false' })
        .prefault(false)
        .describe('People by name instead of by pseudonym. For the roles admin and security; noted in the audit log.'),
      channels: z
        .array(id(), { error: list })
        .min(1, 'accepted is at least one id of a channel')
        .max(20, most(20))
        .describe(
          'Channels that it goes to, by their ids. E-mail gets the report itself, others its first sentence and where it is.',
        ),
      recipients: z
        .array(text('an e-mail address', 254).regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, 'accepted is an e-mail address'), {
          error: list,
        })
        .max(50, most(50))
        .prefault([])
        .describe('Who gets it by e-mail. Without it those whom the channel tells everything.'),
      formats: z
        .array(oneOf(reportFormats), { error: list })
        .max(reportFormats.length, most(reportFormats.length))
        .prefault(['mail', 'pdf'])
        .describe('What an e-mail holds: mail is its text, the others are attached: html, pdf, markdown, csv.'),
    },
    { error: 'accepted is a map of keys and values' },
  )
  .describe('One distribution list of the periodic report.');

/** The section `reports`. */
export const reportsSection = z
  .array(report, { error: list })
  .max(200, most(200))
  .prefault([])
  .describe('Periodic reports that are made and sent by themselves.');

export type ReportConfig = z.output<typeof report>;

/** What is wrong between values of the section that are right each by itself. */
export function* reportProblems(
  { reports, channels }: { reports: readonly ReportConfig[]; channels: readonly { id: string }[] },
  at: (path: Path, message: string) => Problem,
): Generator<Problem> {
  for (const [index, { role, groups, names, channels: used }] of reports.entries()) {
    const path = ['reports', index];
    if (role === 'manager' && groups.length === 0)
      yield at([...path, 'groups'], 'is missing; a report for a manager is about a group, so name at least one');
    if (role !== 'manager' && groups.length > 0)
      yield at([...path, 'groups'], 'is for the role manager; the other roles see all groups, so take it out');
    if (names && !namingRoles.has(role))
      yield at([...path, 'names'], `is for the roles admin and security; a report for the role ${role} names nobody`);
    for (const [place, id] of used.entries())
      if (!channels.some((channel) => channel.id === id))
        yield at([...path, 'channels', place], noChannel(id, channels));
  }
}

/** That a name is the id of none of the channels, and which may be meant. */
export function noChannel(id: string, channels: readonly { id: string }[]): string {
  const meant = nearest(
    id,
    channels.map((channel) => channel.id),
  );
  return `is the id of none of the channels${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
