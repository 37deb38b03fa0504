import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { problemSchema, problemType } from './problem.js';
import type { Route } from './route.js';

interface JsonSchema {
  properties?: Record<string, JsonSchema & { description?: string }>;
  required?: string[];
  [key: string]: unknown;
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  return rest;
};

/** Statuses that a route may answer beside its success. */
function problemsOf(route: Route): number[] {
  const { policy, schema } = route;
  return [
    400,
    ...(policy === 'public' ? [] : [401, 403]),
    ...(route.path.includes(':') ? [404] : []),
    ...(schema.body === undefined ? [] : [408, 413, 415, 422]),
    429,
    500,
    503,
    ...(schema.body === undefined ? [] : [507]),
  ];
}

const parameters = (schema: z.ZodType, place: 'path' | 'query') => {
  const { properties = {}, required = [] } = schemaOf(schema, 'input');
  return Object.entries(properties).map(([name, { description, ...inner }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: inner,
  }));
};

const deviceKey = {
  name: 'Halflight-Device',
  in: 'header',
  required: true,
  description: 'Key of an enrolled device: hld_ID.SECRET.',
  schema: { type: 'string' },
};

const pushHeaders = [
  {
    name: 'Content-Encoding',
    in: 'header',
    required: false,
    schema: { type: 'string', enum: ['identity', 'gzip', 'zstd'] },
  },
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key and data again count once. Up to 200 printable ASCII characters.',
    schema: { type: 'string', maxLength: 200 },
  },
];

function operation(route: Route): object {
  const { schema, policy } = route;
  const answer = route.file === true ? '*/*' : schema.text === undefined ? 'application/json' : 'text/plain';
  const problem = { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } };
  const status = schema.status ?? 200;
  return {
    summary: route.summary,
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[/:.]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    security: policy === 'public' ? [] : [{ [policy]: [] }, ...(policy === 'feed' ? [{ feedPassword: [] }] : [])],
    'x-requests-per-minute': route.limits.perMinute,
    ...(route.audit !== undefined && { 'x-audit': route.audit }),
    parameters: [
      ...parameters(schema.params, 'path'),
      ...parameters(schema.query, 'query'),
      ...(route.path === '/v1/push' ? pushHeaders : []),
      ...(route.path === '/v1/telemetry' ? [deviceKey] : []),
    ],
    ...(schema.body !== undefined && {
      requestBody: {
        required: true,
        description: `At most ${route.limits.bodyBytes} bytes.`,
        content: Object.fromEntries(schema.body.map((type) => [type, {}])),
      },
    }),
    responses: {
      [status]: {
        description: STATUS_CODES[status],
        content: { [answer]: { schema: schemaOf(schema.answer, 'output') } },
      },
      ...((route.versioned === true || route.file === true) && { 304: { description: STATUS_CODES[304] } }),
      ...Object.fromEntries(
        problemsOf(route).map((code) => [code, { description: STATUS_CODES[code], content: problem }]),
      ),
    },
  };
}

/** The description of the API, OpenAPI 3.1, as the registry has it. Needs nothing that runs. */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  const token = (description: string) => ({ type: 'http', scheme: 'bearer', description });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Halflight',
      version: 'v1',
      description: 'What of AI is used, and sending logs in. Every problem is application/problem+json (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, 'output') },
      securitySchemes: {
        push: token('Token of one source: it may only send data of that source.'),
        telemetry: token('Token of one source of kind telemetry.'),
        read: token('Token that may read, and send nothing.'),
        feed: token('Token that may fetch block lists and nothing else, or a token that may read.'),
        feedPassword: {
          type: 'http',
          scheme: 'basic',
          description: 'The same: the id of the token as user name, its secret as password.',
        },
      },
    },
  };
}
