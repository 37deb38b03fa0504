import { createHash } from 'node:crypto';
import { Gate, type Pace, pacedBody } from './body.js';
import { type ContentLimits, contentLimits, decodedBody, encodingOf, tooLarge } from './content.js';
import { type HttpOutcome, type HttpRequest, headerOf, Refusal } from './http.js';
import { Parts } from './parts.js';
import type { Quota } from './quota.js';
import { recentKeys } from './recent-keys.js';
import type { Spool } from './spool.js';

export interface PushContext {
  spool: Spool;
  /** Milliseconds since 1970. */
  now(): number;
  quota?: Quota | undefined;
  limits?: ContentLimits | undefined;
  pace?: Pace | undefined;
}

/** What `meta` of the last record of a push holds. */
export interface PushMeta {
  /** Names the push in answers and logs. */
  id: string;
  /** Of the `Idempotency-Key` header. The same key from the same source, with the same digest, is the same push sent again. */
  key?: string | undefined;
  /** SHA-256 of the decoded bytes, hexadecimal. */
  digest: string;
  lines: number;
  /** Decoded bytes. */
  bytes: number;
  token: string;
  remote: string;
  encoding: string;
}

/** Payload of one record: also what one push holds in memory, beside its decoder. */
const partBytes = 1 << 20;
const defaultPace: Pace = { idle: 30_000, total: 300_000 };
const gate = new Gate(256, 32);
const newline = Buffer.from('\n');

/**
 * Takes a pushed body of lines: all of it or nothing. The answer comes when it is on disk. Never throws.
 * The data belong to the token's source, whatever they or the headers say.
 */
export async function receivePush(request: HttpRequest, context: PushContext): Promise<HttpOutcome> {
  try {
    const wait = context.quota?.request(request.source);
    if (wait !== undefined) throw tooMany(wait);
    const leave = gate.enter(request.source);
    try {
      return await take(request, context);
    } finally {
      leave();
    }
  } catch (error) {
    return outcomeOf(error);
  }
}

async function take(request: HttpRequest, context: PushContext): Promise<HttpOutcome> {
  const { spool, limits = contentLimits } = context;
  const { source, token, remote } = request;
  refuseOtherTypes(headerOf(request, 'content-type'));
  const encoding = encodingOf(headerOf(request, 'content-encoding'));
  const key = idempotencyKey(headerOf(request, 'idempotency-key'));
  if (Number(headerOf(request, 'content-length')) > limits.bytes) throw tooLarge(limits.bytes);

  const parts = new Parts(spool, { source, kind: 'push', receivedAt: context.now() }, partBytes);
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  let ended = true;
  try {
    for await (const chunk of decodedBody(pacedBody(request.body, context.pace ?? defaultPace), encoding, limits)) {
      const wait = context.quota?.bytes(source, chunk.length);
      if (wait !== undefined) throw tooMany(wait);
      hash.update(chunk);
      bytes += chunk.length;
      lines += newlinesIn(chunk);
      ended = chunk[chunk.length - 1] === 10;
      await parts.add(chunk);
    }
    if (!ended) {
      // The lines of two pushes must never join.
      lines++;
      await parts.add(newline);
    }
    const digest = hash.digest('hex');
    const known = key === undefined ? undefined : recentKeys(spool).get(source, key);
    if (known !== undefined) return again(known, digest, parts);
    if (bytes > 0) {
      const meta: Omit<PushMeta, 'id'> = { key, digest, lines, bytes, token, remote, encoding };
      await parts.finish(meta);
    }
    const body = { accepted: bytes, lines, id: parts.id };
    if (key !== undefined) recentKeys(spool).set(source, key, { digest, body });
    return { status: 200, body };
  } catch (error) {
    parts.giveUp();
    throw error;
  }
}

/** A key that this process has accepted a moment ago; what is older is seen by the drainer. */
function again(
  known: { digest: string; body: { accepted: number; lines: number; id: string } },
  digest: string,
  parts: Parts,
): HttpOutcome {
  parts.giveUp();
  if (known.digest === digest) return { status: 200, body: known.body };
  const detail = 'The Idempotency-Key was used for other data before: use a new key for each push.';
  throw new Refusal(422, 'Key used before', detail);
}

function newlinesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++;
  return count;
}

const types = new Set([
  '',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/json',
  'application/octet-stream',
  'text/plain',
  'text/csv',
]);

function refuseOtherTypes(header: string): void {
  const type = (header.split(';')[0] ?? '').trim().toLowerCase();
  if (types.has(type)) return;
  const detail = 'Content-Type is none that holds lines: send application/x-ndjson or text/plain.';
  throw new Refusal(415, 'Unknown content type', detail);
}

function idempotencyKey(header: string): string | undefined {
  if (header === '') return undefined;
  if (/^[\x21-\x7e]{1,200}$/.test(header)) return header;
  const detail = 'The Idempotency-Key has more than 200 characters, or others than printable ASCII: shorten it.';
  throw new Refusal(400, 'Bad Idempotency-Key', detail);
}

export const tooMany = (wait: number): Refusal =>
  new Refusal(429, 'Quota used up', `This source has sent all that it may for now: go on in ${wait} s.`, wait);

/** Whatever ended a request, as the sender hears it. */
export function outcomeOf(error: unknown): HttpOutcome {
  if (error instanceof Refusal) return error.outcome;
  const detail = 'The data could not be taken; nothing of them was kept. Send them again later.';
  return { status: 503, problem: { title: 'Not ready', detail }, retryAfter: 5 };
}
