import { z } from 'zod';
import { noticeStates } from '../../inventory/use-notices.js';
import { enrolmentSchema } from '../../receivers/common/telemetry-schema.js';
import { makeToken } from '../../receivers/common/token.js';
import { addDevice } from '../../store/devices.js';
import type { ApiDeps } from '../deps.js';
import { deviceHeader } from '../devices.js';
import { ApiProblem } from '../problem.js';
import { none, route } from '../route.js';
import { count } from '../shapes.js';
import { problemOf } from './push.js';

/** Largest body of an enrolment, bytes. */
const enrolmentBytes = 8192;

/** @throws ApiProblem where the token's source is none, which a reload can bring about */
function sourceOf({ telemetry }: Pick<ApiDeps, 'telemetry'>, source: string | undefined) {
  const options = telemetry.source(source ?? '');
  if (options === undefined) throw new ApiProblem(422, 'The source of this token is not in the configuration: add it.');
  return options;
}

const send = route({
  method: 'POST',
  path: '/v1/telemetry',
  policy: 'telemetry',
  fromExtensions: true,
  summary:
    'Sends a batch of browser telemetry (schemas/telemetry.schema.json). Needs the header Halflight-Device with the key of an enrolled device; the same batch sent again counts once.',
  schema: {
    params: none,
    query: none,
    body: ['application/json'],
    answer: z
      .object({
        id: z.string().describe('Names the batch in the log of the service.'),
        events: count.describe('Events that were kept.'),
        dropped: z
          .object({
            other: count.describe('Events on hosts, and extensions, that are none of the catalog.'),
            invalid: count.describe('Events that are not as the schema has them.'),
            unknown_fields: count.describe('Fields that the schema does not have.'),
          })
          .describe('What was not kept; nobody has seen it.'),
      })
      .describe('It is on disk, and will be read once.'),
    status: 202,
  },
  limits: { bodyBytes: 4 << 20, perMinute: 60_000 },
  handler: async ({ body, headers, holder, remote }, context) => {
    const source = holder?.source ?? '';
    const { identity } = sourceOf(context, source);
    const sender = await context.telemetry.devices.check(headers[deviceHeader], source, identity);
    const outcome = await context.telemetry.take({ body, headers, remote, source, token: holder?.id ?? '', sender });
    if (outcome.status !== 200) throw problemOf(outcome);
    const { id, lines = 0, dropped = { other: 0, invalid: 0, unknown_fields: 0 } } = outcome.body;
    return { id, events: lines, dropped };
  },
});

const enrol = route({
  method: 'POST',
  path: '/v1/telemetry/devices',
  policy: 'telemetry',
  fromExtensions: true,
  audit: 'device.enrolled',
  summary: 'Enrols an installation (schemas/enrolment.schema.json): its key is shown once.',
  schema: {
    params: none,
    query: none,
    body: ['application/json'],
    answer: z.object({
      device: z.string().describe('Id under which the device is listed.'),
      key: z.string().describe('For the header Halflight-Device. It is not shown again.'),
    }),
    status: 201,
  },
  limits: { bodyBytes: enrolmentBytes, perMinute: 3000 },
  handler: async ({ body, holder }, context) => {
    const source = holder?.source ?? '';
    const options = sourceOf(context, source);
    const enrolment = await readEnrolment(body);
    const anonymous = options.identity === 'anonymous';
    const user = options.identity === 'managed-user' ? enrolment.user : undefined;
    const name = anonymous ? undefined : enrolment.device;
    const { agent } = enrolment;
    const made = makeToken('hld');
    const refused = await addDevice(
      context.db,
      {
        id: made.id,
        source,
        hash: made.hash.toString('hex'),
        identity: user === undefined && name === undefined ? 'none' : 'policy',
        user,
        name,
        agent: `${agent.name}/${agent.version} ${agent.browser ?? ''}`.trim(),
        token: holder?.id ?? '',
        enrolledAt: context.now(),
      },
      { devices: options.max_devices, perHour: options.enrolments_per_hour },
    );
    if (refused !== undefined)
      throw new ApiProblem(
        429,
        refused === 'too many'
          ? `The source has ${options.max_devices} devices: revoke old ones ("halflight device list"), or raise max_devices.`
          : `The source has enrolled ${options.enrolments_per_hour} devices in this hour: try again later, or raise enrolments_per_hour.`,
        { headers: { 'retry-after': '3600' } },
      );
    return { device: made.id, key: made.token };
  },
});

async function readEnrolment(body: AsyncIterable<Uint8Array>) {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > enrolmentBytes) throw new ApiProblem(413, `The body has more than ${enrolmentBytes} bytes.`);
    pieces.push(piece);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new ApiProblem(422, 'The body is no JSON object: send what schemas/enrolment.schema.json says.');
  }
  const parsed = enrolmentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.slice(0, 2).join('.') ?? '';
  throw new ApiProblem(
    422,
    `${field === '' ? 'The enrolment' : `In the enrolment, ${field}`} is not as schemas/enrolment.schema.json has it.`,
  );
}

const version = z.string().describe('Its ETag: with If-None-Match, who has it gets 304.');

const catalog = route({
  method: 'GET',
  path: '/v1/telemetry/catalog',
  policy: 'telemetry',
  fromExtensions: true,
  versioned: true,
  summary: 'Hosts and extensions of the catalog, so that a browser can tell by itself what is AI. Data only.',
  schema: {
    params: none,
    query: none,
    answer: z.object({
      version,
      hosts: z
        .array(z.string())
        .describe(
          'Patterns: `a.com` the host and all below, `=a.com` this host only, `*.` in front one or more labels, `!` in front: not this. The most specific decides.',
        ),
      extensions: z.array(z.string()).describe('Ids in the stores of browsers, lower case.'),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 60_000 },
  handler: (_call, { telemetry }) => {
    const set = telemetry.hostSet();
    return { version: set.version, hosts: [...set.hosts], extensions: [...set.extensions] };
  },
});

const notices = route({
  method: 'GET',
  path: '/v1/telemetry/notices',
  policy: 'telemetry',
  fromExtensions: true,
  versioned: true,
  summary:
    'What a browser may tell who visits a service that is not approved: all of it, so that asking shows no visit.',
  schema: {
    params: none,
    query: none,
    answer: z.object({
      version,
      ask: z.string().nullable().describe('Where to ask for a tool.'),
      groups: z.array(
        z.object({
          alternatives: z.array(z.string()).describe('Names of approved services of the same category.'),
          services: z.array(
            z.object({
              id: z.string(),
              name: z.string(),
              state: z.enum(noticeStates),
              hosts: z.array(z.string()).describe('Patterns as in the catalog.'),
            }),
          ),
        }),
      ),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 60_000 },
  handler: async ({ holder }, context) => {
    const source = holder?.source ?? '';
    sourceOf(context, source);
    const { version, ask, groups } = await context.recent(`notices ${source}`, 10_000, () =>
      context.telemetry.notices(source),
    );
    return {
      version,
      ask,
      groups: groups.map(({ alternatives, services }) => ({
        alternatives: [...alternatives],
        services: services.map((service) => ({ ...service, hosts: [...service.hosts] })),
      })),
    };
  },
});

export const telemetryRoutes = [send, enrol, catalog, notices];
