import { z } from 'zod';
import { integer, oneOf, size, url } from '../config/fields.js';
import type { HttpReceiver } from './common/receiver.js';
import { receiveTelemetry } from './common/telemetry.js';

/** Which identity an enrolment may have. */
export const identityModes = ['device', 'managed-user', 'anonymous'] as const;
export type IdentityMode = (typeof identityModes)[number];

const options = z
  .strictObject({
    identity: oneOf(identityModes)
      .prefault('device')
      .describe(
        'Who an enrolled browser is. device: the machine that managed policy names; managed-user: the user, too; anonymous: nobody, and no claim is kept.',
      ),
    max_devices: integer(1, 1_000_000).prefault(50_000).describe('Browsers that may be enrolled at a time.'),
    enrolments_per_hour: integer(1, 100_000)
      .prefault(5000)
      .describe('New browsers in an hour: whoever has the token cannot fill the register in a night.'),
    notices: z
      .boolean({ error: 'accepted is true or false' })
      .prefault(true)
      .describe('Whether browsers may tell who visits a tool that is not approved.'),
    ask_url: url(['http', 'https'], 'an http or https address without user name and password')
      .optional()
      .describe('Where an employee asks for a tool; the notice links to it.'),
    max_bytes: size('4KiB', '4MiB').prefault('512KiB').describe('Decoded bytes of one batch.'),
  })
  .prefault({});
export type TelemetryOptions = z.output<typeof options>;

export const receiver: HttpReceiver<TelemetryOptions> = {
  kind: 'http',
  title: 'Browser telemetry',
  options,
  // Whoever sends was enrolled, and its records are stamped with what the enrolment says; what rests on claims is marked, record by record.
  provenance: () => 'reported',
  receive: (request, { max_bytes }, { spool, now, quota, catalog }) =>
    receiveTelemetry(request, { spool, now, quota, catalog: catalog(), maxBytes: max_bytes }),
};
