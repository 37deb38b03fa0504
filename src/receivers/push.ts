import { z } from 'zod';
import { size } from '../config/fields.js';
import { contentLimits } from './common/content.js';
import { receivePush } from './common/push.js';
import type { HttpReceiver } from './common/receiver.js';

const options = z
  .strictObject({ max_bytes: size('1KiB', '64MiB').prefault('64MiB').describe('Decoded bytes of one push.') })
  .prefault({});

export const receiver: HttpReceiver<z.output<typeof options>> = {
  kind: 'http',
  title: 'HTTP push',
  options,
  // The token names the source, and whoever has it is a system of the organisation.
  provenance: () => 'reported',
  receive: (request, { max_bytes }, context) =>
    receivePush(request, { ...context, limits: { ...contentLimits, bytes: max_bytes } }),
};
