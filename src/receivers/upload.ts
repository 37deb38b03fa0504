import { z } from 'zod';
import type { HttpReceiver } from './common/receiver.js';
import { maxUploadBytes, receiveUpload } from './common/upload.js';

const options = z
  .strictObject({
    max_bytes: z
      .int('is no whole number of bytes')
      .min(1024, 'is less than 1024 bytes')
      .max(maxUploadBytes, `is more than ${maxUploadBytes} bytes, which is the most`)
      .default(maxUploadBytes)
      .describe('Bytes of one file, as it is sent.'),
  })
  .prefault({});

export const receiver: HttpReceiver<z.output<typeof options>> = {
  kind: 'http',
  title: 'File upload',
  options,
  receive: (request, { max_bytes }, context) => receiveUpload(request, { ...context, maxBytes: max_bytes }),
};
