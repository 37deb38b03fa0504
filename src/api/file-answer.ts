import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblem } from './problem.js';

/** What a route answers that serves a file: bytes with headers of their own, instead of JSON. */
export interface FileAnswer {
  contentType: string;
  /** Hex SHA-256 of the bytes: the strong ETag. */
  sha256: string;
  /** Milliseconds since 1970. */
  modified: number;
  /** More headers, in lower case. */
  headers?: Readonly<Record<string, string>>;
  /** The bytes; asked for only where the client has not got them. Undefined: they went away meanwhile. */
  bytes(): Promise<Uint8Array | undefined>;
}

/**
 * Sends a file, or 304 to who has it (RFC 9110, section 13): If-None-Match decides, and If-Modified-Since only where it is not there.
 * May be kept by the client alone, and is asked for anew each time.
 */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: FileAnswer): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`;
  // HTTP knows whole seconds: rounded up, a date never says that a file is older than it is.
  const modified = Math.ceil(file.modified / 1000) * 1000;
  reply.headers({
    ...file.headers,
    etag,
    'last-modified': new Date(modified).toUTCString(),
    'cache-control': 'private, no-cache',
  });
  const { 'if-none-match': tags, 'if-modified-since': since } = request.headers;
  if (tags !== undefined ? hasTag(tags, etag) : isSince(since, modified)) return reply.code(304).send();
  const bytes = await file.bytes();
  if (bytes === undefined) throw new ApiProblem(503, 'The file changes at this moment: ask again.');
  if (createHash('sha256').update(bytes).digest('hex') !== file.sha256)
    throw new Error('the bytes of a file are others than its hash says: the database was changed by hand');
  return reply.type(file.contentType).send(Buffer.from(bytes));
}

/** A proxy on the way may have made the tag a weak one; a comparison of GET is the weak one anyway. */
const hasTag = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',', 20).some((one) => one.trim().replace(/^W\//, '') === etag);

function isSince(header: string | undefined, modified: number): boolean {
  const at = header === undefined || header.length > 64 ? Number.NaN : Date.parse(header);
  return Number.isFinite(at) && modified <= at;
}
