import { z } from 'zod';
import { ruleKinds } from '../core/alert.js';
import { accountKinds, strengths } from '../core/hit.js';
import { verdicts } from '../core/register.js';
import { duration, id, integer, oneOf, size, text } from './fields.js';

// Rules as data: what is worth an alert, whom it is told, when and how often.

const map = 'accepted is a map of keys and values';
const section = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape, { error: map });
const list = <T extends z.ZodType>(item: T, max: number) =>
  z.array(item, { error: 'accepted is a list' }).max(max, `accepted are at most ${max} items`);

export const weekDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const clock = (what: string) => {
  const error = `accepted is ${what}`;
  return z.string({ error }).regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, error);
};

const quiet = section({
  from: clock('a time of day such as 20:00').describe('When it begins, by the clock of the organisation.'),
  to: clock('a time of day such as 07:00').describe('When it ends; before from it is the next day, 24:00 is midnight.'),
  days: list(oneOf(weekDays), 7)
    .prefault([...weekDays])
    .describe('Days on which it begins.'),
}).describe('A time in which nothing is told.');

const channels = () => list(id(), 100);

const when = section({
  services: list(text('the id of a service', 100), 1000).optional().describe('Only these services of the catalog.'),
  categories: list(text('a category of the catalog', 64), 100)
    .optional()
    .describe('Only services of these categories.'),
  groups: list(text('the name of a group', 200), 1000)
    .optional()
    .describe('Only where people of these groups use it; for sensitive-group these instead of sensitive_groups.'),
  sources: list(text('the id of a source', 64), 1000).optional().describe('Only these sources.'),
  jobs: list(text('the name of a job', 200), 100).optional().describe('Only these jobs of the service.'),
  verdicts: list(oneOf(verdicts), 10).optional().describe('Which verdicts it looks for, instead of those of its kind.'),
  accounts: list(oneOf(accountKinds), 3).optional().describe('Only use with these kinds of accounts.'),
  strength: oneOf(strengths).optional().describe('Only where at least this is proved.'),
  people: integer(1, 1_000_000).optional().describe('Only where at least so many people use it.'),
  risk: integer(0, 100).optional().describe('Only where the risk is at least this.'),
  bytes_per_day: size('1KiB', '100TiB')
    .optional()
    .describe('For upload-volume: more than this is sent to it on a day of the last seven.'),
  growth: z
    .boolean({ error: 'accepted is true or false' })
    .optional()
    .describe('For upload-volume: also where much more is sent than usual. Without bytes_per_day always.'),
  scopes: list(text('a permission such as Mail.ReadWrite', 200), 200)
    .optional()
    .describe('For risky-grant: parts of names of permissions that count, instead of the usual ones.'),
  admin_consent: z
    .boolean({ error: 'accepted is true or false' })
    .optional()
    .describe(
      'For risky-grant: whether what an administrator grants for all counts whatever it permits. Without it true.',
    ),
  score: integer(1, 100).optional().describe('For candidate-score: the least score. Without it 70.'),
  share: integer(1, 100)
    .optional()
    .describe('For quarantine-rate: percent of the records of 24 hours that could not be read. Without it 5.'),
  records: integer(1, 1_000_000_000)
    .optional()
    .describe('For quarantine-rate: only where there were at least so many records. Without it 100.'),
  failures: integer(1, 100).optional().describe('For job-failures: so many tries in a row that failed. Without it 3.'),
}).describe('What must be so. Everything that is named, at the same time.');

const rule = section({
  id: id().describe('Name of the rule. It stays: another name makes other alerts.'),
  kind: oneOf(ruleKinds).describe(`What it looks for: ${ruleKinds.join(', ')}.`),
  when: when.prefault({}),
  severity: oneOf(['info', 'warning', 'high']).prefault('warning').describe('How urgent: info, warning or high.'),
  channels: channels().optional().describe('Ids of the channels that are told. Without it all that take alerts.'),
  quiet_hours: list(quiet, 20)
    .optional()
    .describe('When nothing is told, instead of alerts.quiet_hours; [] is never. What waits is told afterwards.'),
  break_through: z
    .boolean({ error: 'accepted is true or false' })
    .prefault(true)
    .describe('Whether it is told in quiet hours, too, where its severity is high.'),
  group: section({
    wait: duration('0s', '1d').prefault('0s').describe('How long the first new alert waits for others.'),
    within: duration('0s', '7d')
      .prefault('0s')
      .describe('For so long after new alerts were told, further ones wait, and are told as one.'),
  })
    .prefault({})
    .describe('Several new alerts of the rule become one notice.'),
  silenced_by: list(id(), 100)
    .prefault([])
    .describe('Rules whose alert about the same service or source stands for the one of this rule.'),
  remind: section({
    every: duration('1m', '90d').describe('How often.'),
    times: integer(1, 100).prefault(10).describe('How many times at most.'),
  })
    .optional()
    .describe('Tells again while an alert is open and nobody acknowledged it.'),
  escalate: list(
    section({
      after: duration('1m', '90d').describe('How long after it was told.'),
      channels: channels()
        .min(1, 'accepted is at least one channel')
        .describe('Ids of the channels that are told, too.'),
    }).describe('A step: tell others where nobody acknowledged it.'),
    5,
  )
    .prefault([])
    .describe('Whom else it tells when nobody acknowledges it, step by step.'),
  resolved: z
    .boolean({ error: 'accepted is true or false' })
    .prefault(true)
    .describe('Whether it is told, too, that an alert is over.'),
}).describe('A rule: what is worth an alert, and how it is told.');

export const alertsSchema = section({
  sensitive_groups: list(text('the name of a group', 200), 1000)
    .prefault([])
    .describe(
      'Groups that work with sensitive data: their use weighs more, and the rule sensitive-group looks for it.',
    ),
  quiet_hours: list(quiet, 20)
    .prefault([])
    .describe('When nothing is told, for rules that say nothing of their own; by the clock of the organisation.'),
  rules: list(rule, 200)
    .optional()
    .describe(
      'The rules. Without it new unapproved vendors, denied services, wrong accounts, silent sources and failing jobs.',
    ),
});

/** What alerts where nobody wrote rules: new vendors at once and further ones of the next ten minutes as one. */
export const defaultRules: readonly RuleConfig[] = list(rule, 200).parse([
  { id: 'new-vendor', kind: 'new-unapproved-vendor', group: { within: '10m' } },
  { id: 'denied', kind: 'denied-in-use', severity: 'high' },
  { id: 'wrong-account', kind: 'wrong-account', group: { within: '10m' } },
  { id: 'silent-source', kind: 'silent-source' },
  { id: 'job-failures', kind: 'job-failures' },
]);

/** The section as it is worked by: durations in milliseconds, sizes in bytes. */
export type AlertsConfig = Omit<z.output<typeof alertsSchema>, 'rules'> & { rules: readonly RuleConfig[] };
export type RuleConfig = z.output<typeof rule>;
export type QuietConfig = z.output<typeof quiet>;

/** The section with the rules that hold. */
export const alertsOf = (section: z.output<typeof alertsSchema>): AlertsConfig => ({
  ...section,
  rules: section.rules ?? defaultRules,
});
