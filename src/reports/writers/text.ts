import { plainText } from './common/plain.js';
import { utf8, type Writer } from './common/writer.js';

/** Plain text for a terminal of 80 columns. */
export const writer: Writer = {
  title: 'Plain text',
  mediaType: 'text/plain; charset=utf-8',
  extension: 'txt',
  write: async (document) => utf8(plainText(document, 80)),
};
