import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { codeOf } from '../store/errors.js';
import type { ApiLog } from './log.js';
import { ApiProblem, problemBody, problemType } from './problem.js';
import { hsts, securityHeaders } from './security.js';

/** Errors of PostgreSQL and of the way there that say: not now. */
const away = /^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08|53|57P)/;
const soon = { headers: { 'retry-after': '5' } };

/** What went wrong as a problem. What is unknown is our mistake, and tells nothing of what it was. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'request');
    const [issue] = error.validation;
    const name = (issue?.instancePath ?? '').slice(1);
    return new ApiProblem(
      400,
      `In the ${where}${name === '' ? '' : `, ${name}`}: ${issue?.message ?? 'not valid'}.`.slice(0, 500),
    );
  }
  const code = codeOf(error);
  if (code === '57014')
    return new ApiProblem(503, 'The database took too long for this: ask for less, or try again later.', soon);
  if (code !== undefined && away.test(code))
    return new ApiProblem(503, 'The database does not answer: try again in a few seconds.', soon);
  const status = (error as Partial<FastifyError> | null)?.statusCode;
  if (status === 414) return new ApiProblem(414, 'A part of the address is too long: shorten it.');
  if (status === 415)
    return new ApiProblem(415, 'The Content-Type cannot be read: send a plain one such as text/plain.');
  if (status !== undefined && status >= 400 && status < 500)
    return new ApiProblem(400, 'The request cannot be read: check its address and its headers.');
  return new ApiProblem(500, 'This is a mistake of the service: look for the id of the request in its log.');
}

/** Answers with a problem; mistakes of ours are logged in full. */
export function sendProblem(log: ApiLog, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.status === 500) log.error({ err: error, request: request.id }, 'A request failed.');
  else if (problem.status === 503) log.warn({ err: error, request: request.id }, 'A request got 503.');
  return reply
    .code(problem.status)
    .headers(headersFor(request.raw.socket))
    .headers({ ...problem.headers })
    .type(problemType)
    .send(
      JSON.stringify(
        problemBody({ status: problem.status, title: problem.title, detail: problem.message }, request.id),
      ),
    );
}

/** The headers that every answer has. */
export const headersFor = (socket: Socket): Record<string, string> => ({
  ...securityHeaders,
  ...((socket as { encrypted?: boolean }).encrypted === true && { 'strict-transport-security': hsts }),
});

/** Answers what is no HTTP request, and closes the connection. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new ApiProblem(431, 'The headers are larger than 16 KiB: send fewer.')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new ApiProblem(408, 'The request did not come in time: send it again.')
        : new ApiProblem(400, 'This is no HTTP request that can be read: check what sends it.');
  const body = JSON.stringify(problemBody({ status: problem.status, detail: problem.message }, randomUUID()));
  const headers = {
    ...headersFor(socket),
    'content-type': problemType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head.join('')}\r\n${body}`);
}
