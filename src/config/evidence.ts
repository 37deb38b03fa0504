import { z } from 'zod';
import { url } from './fields.js';

/** The section `evidence`. */
export const evidenceSection = z
  .strictObject(
    {
      timestamp_url: url(['http', 'https'], 'an http or https address without user name and password')
        .optional()
        .describe(
          'Time-stamping authority (RFC 3161) that is asked for a stamp of each evidence bundle. It learns a hash, and nothing of what is in it.',
        ),
    },
    { error: 'accepted is a map of keys and values' },
  )
  .prefault({})
  .describe('Evidence bundles for auditors.');
