import { createHash } from 'node:crypto';
import type { Catalog } from '../../catalog/compile.js';
import { isVisited } from '../../catalog/host-set.js';
import { isObject } from '../../core/json.js';
import { type TelemetryRecord, type TelemetrySender, telemetryMark, telemetryVersion } from '../../core/telemetry.js';
import { Gate, type Pace, pacedBody } from './body.js';
import { contentLimits, decodedBody, encodingOf } from './content.js';
import { type Dropped, type HttpOutcome, type HttpRequest, headerOf, Refusal } from './http.js';
import { Parts } from './parts.js';
import { outcomeOf, tooMany } from './push.js';
import type { Quota } from './quota.js';
import { recentKeys } from './recent-keys.js';
import type { Spool } from './spool.js';
import { envelopeReader, eventReader, type TelemetryEvent } from './telemetry-schema.js';

export interface TelemetryContext {
  spool: Spool;
  /** Milliseconds since 1970. */
  now(): number;
  catalog: Catalog;
  maxBytes: number;
  quota?: Quota | undefined;
  pace?: Pace | undefined;
}

const defaultPace: Pace = { idle: 10_000, total: 60_000 };
const gate = new Gate(256, 64);
/** A clock that is so far ahead, in milliseconds, is wrong: receipt counts. */
const maxAhead = 72 * 3_600_000;

/**
 * Takes a batch of telemetry: all of it that is about AI, or nothing. The answer comes when it is on disk. Never throws.
 * Whose it is says the enrolment of the sender; what the batch says of itself is a claim, and marked so.
 */
export async function receiveTelemetry(request: HttpRequest, context: TelemetryContext): Promise<HttpOutcome> {
  try {
    const { sender } = request;
    if (sender === undefined)
      throw new Refusal(422, 'Not enrolled', 'Enrol first: docs/browser-extension.md says how.');
    const wait = context.quota?.request(request.source);
    if (wait !== undefined) throw tooMany(wait);
    const leave = gate.enter(request.source);
    try {
      return await take(request, sender, context);
    } finally {
      leave();
    }
  } catch (error) {
    return outcomeOf(error);
  }
}

async function take(request: HttpRequest, sender: TelemetrySender, context: TelemetryContext): Promise<HttpOutcome> {
  const { spool } = context;
  const { source, token, remote } = request;
  const bytes = await bodyOf(request, context);
  const batch = parseBatch(bytes);
  const receivedAt = context.now();
  const { lines, dropped } = linesOf(batch, sender, context.catalog, receivedAt);
  // A batch is named within its device, so that no sender can use up the names of another.
  const key = `${sender.device}:${batch.envelope.batch}`;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const known = recentKeys(spool).get(source, key);
  if (known !== undefined && known.digest !== digest)
    throw new Refusal(
      422,
      'Batch used before',
      'This batch id was used for other data before: make a new one for each batch.',
    );
  const parts = new Parts(spool, { source, kind: 'push', receivedAt }, 1 << 20);
  const body = known?.body ?? { accepted: bytes.length, lines: lines.length, id: parts.id };
  if (known === undefined && lines.length > 0) {
    try {
      await parts.add(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
      await parts.finish({
        key,
        digest,
        lines: lines.length,
        bytes: bytes.length,
        token,
        remote,
        encoding: 'identity',
      });
    } catch (error) {
      parts.giveUp();
      throw error;
    }
  }
  recentKeys(spool).set(source, key, { digest, body });
  return { status: 200, body: { ...body, dropped } };
}

async function bodyOf(request: HttpRequest, { maxBytes, quota, pace }: TelemetryContext): Promise<Buffer> {
  const encoding = encodingOf(headerOf(request, 'content-encoding'));
  const limits = { ...contentLimits, bytes: maxBytes };
  const pieces: Buffer[] = [];
  for await (const piece of decodedBody(pacedBody(request.body, pace ?? defaultPace), encoding, limits)) {
    const wait = quota?.bytes(request.source, piece.length);
    if (wait !== undefined) throw tooMany(wait);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

interface Parsed {
  envelope: ReturnType<typeof envelopeReader.parse>;
  events: TelemetryEvent[];
  invalid: number;
  unknownFields: number;
}

function parseBatch(bytes: Buffer): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal(
      422,
      'Not JSON',
      'The body is no JSON object: send a batch as schemas/telemetry.schema.json has it.',
    );
  }
  const parsed = envelopeReader.safeParse(json);
  if (!parsed.success) {
    // The field alone: what stands in it is the sender's.
    const field = parsed.error.issues[0]?.path.slice(0, 3).join('.') ?? '';
    const where = field === '' ? 'The batch' : `In the batch, ${field}`;
    throw new Refusal(422, 'Bad batch', `${where} is not as schemas/telemetry.schema.json has it.`);
  }
  const envelope = parsed.data;
  let unknownFields = extraKeys(json, envelope);
  let invalid = 0;
  const events = envelope.events.flatMap((raw) => {
    const event = eventReader.safeParse(raw);
    if (!event.success) {
      invalid++;
      return [];
    }
    unknownFields += extraKeys(raw, event.data);
    return event.data;
  });
  return { envelope, events, invalid, unknownFields };
}

/** Keys, also of inner objects, that a value had and what was read of it has not. */
function extraKeys(raw: unknown, read: unknown): number {
  if (Array.isArray(raw) && Array.isArray(read))
    return raw.reduce<number>((sum, item, i) => sum + extraKeys(item, read[i]), 0);
  if (!isObject(raw) || !isObject(read)) return 0;
  return Object.keys(raw).reduce(
    (sum, key) => sum + (Object.hasOwn(read, key) ? extraKeys(raw[key], read[key]) : 1),
    0,
  );
}

function linesOf(
  { envelope, events, invalid, unknownFields }: Parsed & { envelope: { batch: string } },
  sender: TelemetrySender,
  catalog: Catalog,
  receivedAt: number,
): { lines: TelemetryRecord[]; dropped: Dropped } {
  const dropped: Dropped = { other: 0, invalid, unknown_fields: unknownFields };
  const stamp = stampOf(sender, envelope.claims);
  const { name, version, browser } = envelope.agent;
  const agent = [`${name}/${version}`, browser].filter((part) => part !== undefined).join(' ');
  const lines: TelemetryRecord[] = [];
  for (const event of events) {
    const late = Date.parse(event.at) > receivedAt + maxAhead;
    const at = late ? new Date(receivedAt).toISOString() : event.at;
    if (event.type === 'extensions') {
      const known = event.extensions.filter(({ id }) => catalog.extensions.has(id.toLowerCase()));
      dropped.other += event.extensions.length - known.length;
      if (known.length === 0) continue;
      lines.push({ ...stamp, received_at: receivedAt, agent, ...event, at, extensions: known });
      continue;
    }
    const rule = catalog.targets.find(event.host, undefined);
    if (rule === undefined || !isVisited(rule)) {
      dropped.other++;
      continue;
    }
    lines.push({ ...stamp, received_at: receivedAt, agent, ...event, at });
  }
  return { lines, dropped };
}

/** Who it is. Claims count only where the enrolment names nobody, and not where the source wants to know nobody. */
function stampOf(
  { device, user, deviceName, anonymous }: TelemetrySender,
  claims: { user?: string | undefined; device?: string | undefined } | undefined,
): Pick<TelemetryRecord, typeof telemetryMark | 'identity' | 'user' | 'device'> {
  const mark = { [telemetryMark]: telemetryVersion } as const;
  const own = deviceName ?? `browser-${device}`;
  const claimed = !anonymous && user === undefined && deviceName === undefined ? claims : undefined;
  if (claimed?.user === undefined && claimed?.device === undefined)
    return { ...mark, identity: 'reported', ...(user !== undefined && { user }), device: own };
  return {
    ...mark,
    identity: 'claimed',
    ...(claimed.user !== undefined && { user: claimed.user }),
    device: claimed.device ?? own,
  };
}
