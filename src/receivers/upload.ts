import { z } from 'zod';
import { size } from '../config/fields.js';
import type { HttpReceiver } from './common/receiver.js';
import { receiveUpload } from './common/upload.js';

const options = z
  .strictObject({ max_bytes: size('1KiB', '2GiB').prefault('2GiB').describe('Bytes of one file, as it is sent.') })
  .prefault({});

export const receiver: HttpReceiver<z.output<typeof options>> = {
  kind: 'http',
  title: 'File upload',
  options,
  // A file that somebody has at hand: the token says who sent it, and nothing says who wrote its rows.
  provenance: () => 'claimed',
  receive: (request, { max_bytes }, context) => receiveUpload(request, { ...context, maxBytes: max_bytes }),
};
