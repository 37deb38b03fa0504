import { z } from 'zod';
import { id, integer, text, url } from './fields.js';

const names = (what: string) =>
  z
    .array(text(what, 320), { error: 'accepted is a list' })
    .max(10_000, 'accepted are at most 10000 items')
    .prefault([]);

/** Section `nudges`: a mail to who used a service that is not approved. Off unless `enabled` says otherwise. */
export const nudgesSection = z
  .strictObject(
    {
      enabled: z
        .boolean({ error: 'accepted is true or false' })
        .prefault(false)
        .describe('Whether anybody is written to at all. Talk to the works council first, where there is one.'),
      channel: id()
        .optional()
        .describe(
          'The channel of kind email or slack-people that they go out by; the "to" of a mail channel gets none of them.',
        ),
      groups: names('the name of a group').describe(
        'Groups whose people are written to, as the people directory names them: a pilot. Empty: all groups.',
      ),
      excluded_groups: names('the name of a group').describe('Groups whose people are never written to.'),
      excluded_people: names('an id or e-mail address').describe(
        'People who are never written to, by id or e-mail address of the people directory: who opted out, and who must not be warned.',
      ),
      per_quarter: integer(1, 13)
        .prefault(4)
        .describe('Most mails to one person in 91 days. There is never more than one a week.'),
      from_hour: integer(0, 23)
        .prefault(9)
        .describe('Hour from which mails go out, Monday to Friday, in the zone of the organisation.'),
      until_hour: integer(1, 24).prefault(17).describe('Hour from which none goes out any more.'),
      ask_url: url(['http', 'https'], 'an http or https address without user name and password')
        .optional()
        .describe('Where people ask for a tool: stands in each mail.'),
      contact: text('a name or address', 200).optional().describe('Whom people can ask: stands in each mail.'),
    },
    { error: 'accepted is a map of keys and values' },
  )
  .prefault({})
  .describe(
    'A mail to the person who used a service that is not approved: what is approved instead, and where to ask.',
  );
