import { z } from 'zod';
import { accountKinds } from '../../core/hit.js';
import { telemetryMark, telemetryVersion } from '../../core/telemetry.js';

// What agents send to POST /v1/telemetry, and how they enrol. Published as schemas/telemetry.schema.json and enrolment.schema.json.

/** Most events in one batch. */
export const maxBatchEvents = 500;

const word = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\x20-\x7e]+$/, 'printable ASCII');
const name = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+$/u, 'no control characters');
const key = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, hyphen and underscore');
const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/, 'a lower-case host name in ASCII, without port')
  .describe('Host name alone. One that is no host of the catalog is dropped unseen.');
const accountKind = z
  .enum(accountKinds)
  .describe('What the page showed of the account: kind only. unknown where it showed nothing.');

const common = { id: key(1, 64).describe('Unique within the batch.'), at: z.iso.datetime({ precision: null }) };
const sent = {
  count: z.int().min(1).max(10_000).describe('Files, or pastes.'),
  bytes: z
    .int()
    .min(0)
    .max(2 ** 40)
    .describe('Their sizes together, bytes. Never their content.'),
};
const extension = {
  id: word(200).describe('Id in its store. One that is none of the catalog is dropped unseen.'),
  version: word(50).optional(),
  enabled: z.boolean(),
};

/** The fields of each type of event. */
const eventShapes = {
  visit: { ...common, type: z.literal('visit'), host, account_kind: accountKind },
  upload: { ...common, type: z.literal('upload'), host, account_kind: accountKind, ...sent },
  paste: { ...common, type: z.literal('paste'), host, account_kind: accountKind, ...sent },
  'sign-in': { ...common, type: z.literal('sign-in'), host, account_kind: accountKind },
  extensions: {
    ...common,
    type: z.literal('extensions'),
    extensions: z.array(z.strictObject(extension)).max(500).describe('AI extensions that are installed.'),
  },
};

const agentShape = {
  name: word(64).describe('What sends: halflight-extension.'),
  version: word(32),
  browser: word(32).optional().describe('chromium, edge, firefox ...'),
  browser_version: word(32).optional(),
};
const agent = z.strictObject(agentShape).describe('The program that sends. Nothing about the machine or its user.');
const mark = z.literal(telemetryVersion).describe('Version of this schema.');

const envelopeShape = {
  [telemetryMark]: mark,
  batch: key(16, 64).describe('Random. The same batch, byte for byte, of the same device counts once.'),
  sent_at: z.iso.datetime({ precision: null }).describe('When the batch was made.'),
  claims: z
    .strictObject({ user: name(320).optional(), device: name(200).optional() })
    .optional()
    .describe(
      'Who the sender says it is. Only looked at where the enrolment names nobody, and never more than a claim: no finding about a person rests on it alone. Browsers with the Halflight extension never send it.',
    ),
};

/** A batch as the documentation has it: no field beside these. */
export const telemetrySchema = z.strictObject({
  ...envelopeShape,
  agent,
  events: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject(eventShapes.visit),
        z.strictObject(eventShapes.upload),
        z.strictObject(eventShapes.paste),
        z.strictObject(eventShapes['sign-in']),
        z.strictObject(eventShapes.extensions),
      ]),
    )
    .max(maxBatchEvents),
});
export type TelemetryBatch = z.output<typeof telemetrySchema>;
export type TelemetryEvent = TelemetryBatch['events'][number];

/** What is read of a batch: fields of newer agents are left out and counted, and an event that is wrong costs itself only. */
export const envelopeReader = z.object({
  ...envelopeShape,
  agent: z.object(agentShape),
  events: z.array(z.unknown()).max(maxBatchEvents),
});
export const eventReader = z.discriminatedUnion('type', [
  z.object(eventShapes.visit),
  z.object(eventShapes.upload),
  z.object(eventShapes.paste),
  z.object(eventShapes['sign-in']),
  z.object({ ...eventShapes.extensions, extensions: z.array(z.object(extension)).max(500) }),
]);

/** What an installation says to be enrolled. */
export const enrolmentSchema = z.strictObject({
  [telemetryMark]: mark,
  user: name(320)
    .optional()
    .describe(
      'User whom managed policy names. Taken only where the source has identity: managed-user; nothing that the installation found out by itself.',
    ),
  device: name(200)
    .optional()
    .describe('Name of the machine in managed policy. Not taken where the source is anonymous.'),
  agent,
});
export type Enrolment = z.output<typeof enrolmentSchema>;
