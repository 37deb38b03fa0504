import { z } from 'zod';
import { id, integer } from './fields.js';

/** Section `blocklists`: the feeds that the service makes from the register and serves. */
export const blocklistsSection = z
  .strictObject(
    {
      formats: z
        .array(id(), { error: 'accepted is a list' })
        .max(50, 'accepted are at most 50 items')
        .prefault([])
        .describe('Formats of the lists that are made and served: those of "halflight export blocklist". Empty: none.'),
      max_change_percent: integer(0, 5)
        .prefault(5)
        .describe('A change of more percent of the list waits until a person approves it.'),
      max_change_entries: integer(0, 50)
        .prefault(50)
        .describe('A change of more entries waits until a person approves it.'),
      two_people: z
        .boolean({ error: 'accepted is true or false' })
        .prefault(true)
        .describe('Only what two people decided against reaches a list that is served.'),
    },
    { error: 'accepted is a map of keys and values' },
  )
  .prefault({})
  .describe('Block lists that firewalls and filters fetch from the service.');
