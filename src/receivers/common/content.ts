import { ByteQueue } from './byte-queue.js';
import { gunzipped } from './gzip.js';
import { Refusal } from './http.js';
import { unzstded } from './zstd.js';

/** Limits of one pushed body, all counted while it streams. */
export interface ContentLimits {
  /** Decoded bytes; as many may come compressed. */
  bytes: number;
  /** Decoded bytes for each compressed one, looked at from `ratioFrom` decoded bytes on. Logs reach 30, zeros 1029. */
  ratio: number;
  ratioFrom: number;
  /** Gzip members or zstd frames. */
  members: number;
}

export const contentLimits: ContentLimits = { bytes: 64 << 20, ratio: 300, ratioFrom: 1 << 20, members: 4096 };

export type Encoding = 'identity' | 'gzip' | 'zstd';

/** @throws Refusal 415 for others, and for more than one at a time */
export function encodingOf(header: string): Encoding {
  const name = header.toLowerCase();
  if (name === '' || name === 'identity') return 'identity';
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  if (name === 'zstd') return 'zstd';
  throw new Refusal(
    415,
    'Unknown content encoding',
    'Content-Encoding is none of identity, gzip and zstd, once: send the body in one of them.',
  );
}

/** The decoded bytes of a body, never more than the limits allow. @throws Refusal */
export async function* decodedBody(
  body: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  limits: ContentLimits,
): AsyncGenerator<Buffer, void> {
  const queue = new ByteQueue(body);
  let members = 0;
  const onMember = (): void => {
    members++;
    if (members > limits.members) {
      const detail = `The body has more than ${limits.members} compressed members: compress it in one piece.`;
      throw new Refusal(413, 'Too many members', detail);
    }
  };
  let written = 0;
  let head: Buffer = Buffer.alloc(0);
  let looked = false;
  for await (const chunk of plain(queue, encoding, onMember)) {
    written += chunk.length;
    if (written > limits.bytes || queue.read > limits.bytes) throw tooLarge(limits.bytes);
    if (written > limits.ratioFrom && encoding !== 'identity' && written > queue.read * limits.ratio) {
      const detail = `The body unpacks to more than ${limits.ratio} times its size: send it in smaller pieces.`;
      throw new Refusal(413, 'Unpacks to too much', detail);
    }
    if (!looked) {
      head = head.length === 0 ? chunk.subarray(0, 4) : Buffer.concat([head, chunk.subarray(0, 4)]);
      if (head.length >= 4) {
        looked = true;
        refuseArchives(head, encoding);
      }
    }
    yield chunk;
  }
}

export const tooLarge = (bytes: number): Refusal =>
  new Refusal(
    413,
    'Body too large',
    `The body has more than ${bytes} bytes: send it in several pushes, or as an upload.`,
  );

function plain(queue: ByteQueue, encoding: Encoding, onMember: () => void): AsyncGenerator<Buffer, void> {
  if (encoding === 'gzip') return gunzipped(queue, onMember);
  if (encoding === 'zstd') return unzstded(queue, onMember);
  return pieces(queue);
}

async function* pieces(queue: ByteQueue): AsyncGenerator<Buffer, void> {
  for (;;) {
    const bytes = await queue.some(1 << 20);
    if (bytes.length === 0) return;
    yield bytes;
  }
}

/** Compressed data where lines should be: sent without its header, or compressed twice. */
function refuseArchives(head: Buffer, encoding: Encoding): void {
  const number = head.readUInt32BE(0);
  const packed = number >>> 16 === 0x1f8b || number === 0x28b52ffd || number === 0x504b0304;
  if (!packed) return;
  if (number === 0x504b0304)
    throw new Refusal(415, 'Archive', 'The body is an archive or a workbook: send it as an upload.');
  throw encoding === 'identity'
    ? new Refusal(
        415,
        'Compressed body',
        'The body is compressed: name it in Content-Encoding, or send it as an upload.',
      )
    : new Refusal(415, 'Compressed twice', 'The body is compressed more than once: compress it once.');
}
