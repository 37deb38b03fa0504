import { z } from 'zod';
import { id, path } from './fields.js';

const timeOrOff = 'accepted is a time of day such as 02:20, or off';
const map = 'accepted is a map of keys and values';

/** The section `audit`. */
export const auditSection = z
  .strictObject(
    {
      checkpoints: z
        .strictObject(
          {
            channels: z
              .array(id(), { error: 'accepted is a list' })
              .max(20, 'accepted are at most 20 items')
              .prefault([])
              .describe(
                'Channels that each hourly checkpoint of the audit log is sent to, so that it is known where nobody here can change it.',
              ),
          },
          { error: map },
        )
        .prefault({})
        .describe('Signed statements of how many records the audit log has, and which.'),
      verify_at: z
        .string({ error: timeOrOff })
        .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|off)$/, timeOrOff)
        .prefault('02:20')
        .describe(
          'When the whole audit log is walked each day and held against its checkpoints, by the clock of the organisation; off: never.',
        ),
      copy_to: path('folder')
        .optional()
        .describe(
          'Second folder for the checkpoints, such as a mount where files are written once and never changed. The first is checkpoints below the data folder.',
        ),
    },
    { error: map },
  )
  .prefault({})
  .describe('The audit log and what proves it outside.');
