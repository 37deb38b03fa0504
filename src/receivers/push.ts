import { z } from 'zod';
import { contentLimits } from './common/content.js';
import { receivePush } from './common/push.js';
import type { HttpReceiver } from './common/receiver.js';

const options = z
  .strictObject({
    max_bytes: z
      .int('is no whole number of bytes')
      .min(1024, 'is less than 1024 bytes')
      .max(contentLimits.bytes, `is more than ${contentLimits.bytes} bytes, which is the most`)
      .default(contentLimits.bytes)
      .describe('Decoded bytes of one push.'),
  })
  .prefault({});

export const receiver: HttpReceiver<z.output<typeof options>> = {
  kind: 'http',
  title: 'HTTP push',
  options,
  receive: (request, { max_bytes }, context) =>
    receivePush(request, { ...context, limits: { ...contentLimits, bytes: max_bytes } }),
};
