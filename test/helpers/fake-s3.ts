import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { httpServer, type LocalServer } from './http-server.js';

export interface FakeObject {
  body: Buffer;
  etag: string;
  /** Milliseconds since 1970. */
  modified: number;
  storageClass: string;
}

export interface FakeRequest {
  kind: 'list' | 'get' | 'head';
  /** Name of the object; of a listing the prefix. */
  key: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Of its kind, from 0. */
  index: number;
}

/** What the fake does instead of its duty. */
export type Fault =
  | 'reset'
  | { status: number; code: string; extra?: string }
  /** The body as it is. */
  | { raw: string }
  /** Sends so many bytes of the object, then cuts the connection. */
  | { cutAfter: number };

export interface FakeS3 {
  url: string;
  port: number;
  objects: Map<string, FakeObject>;
  requests: FakeRequest[];
  put(
    key: string,
    body: string | Buffer,
    about?: { modified?: number; storageClass?: string; etag?: string },
  ): FakeObject;
  settings: {
    pageSize: number;
    /** Makes each page begin with so many names of the page before. */
    overlap: number;
    /** Names in the answer are percent-encoded when that is asked for. */
    encodes: boolean;
    /** Added to the clock of its Date header, in milliseconds. */
    clockOffset: number;
    fault: (request: FakeRequest) => Fault | undefined;
  };
  close(): Promise<void>;
}

export const fakeKeys = { access_key_id: 'AKIAFAKEFAKEFAKE', secret_access_key: 'fake/secret+key' };
const bucket = 'logs';

/** A small S3: listings (version 2), GET with If-Match and Range, HEAD, and a check of signatures, written from the AWS documentation. */
export async function fakeS3(): Promise<FakeS3> {
  const objects = new Map<string, FakeObject>();
  const requests: FakeRequest[] = [];
  const settings: FakeS3['settings'] = {
    pageSize: 1000,
    overlap: 0,
    encodes: true,
    clockOffset: 0,
    fault: () => undefined,
  };
  const server: LocalServer = await httpServer((request, response) => {
    response.setHeader('date', new Date(Date.now() + settings.clockOffset).toUTCString());
    const [rawPath = '', rawQuery = ''] = (request.url ?? '').split('?');
    const query = new URLSearchParams(rawQuery);
    const [, name = '', ...rest] = rawPath.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const kind = query.get('list-type') === '2' ? 'list' : request.method === 'HEAD' ? 'head' : 'get';
    const index = requests.filter((earlier) => earlier.kind === kind).length;
    const asked: FakeRequest = {
      kind,
      key: kind === 'list' ? (query.get('prefix') ?? '') : key,
      query,
      headers: request.headers,
      index,
    };
    requests.push(asked);
    const fault = settings.fault(asked);
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    if (fault !== undefined && 'raw' in fault) return void response.writeHead(200).end(fault.raw);
    if (fault !== undefined && 'status' in fault) return void problem(response, fault.status, fault.code, fault.extra);
    const refusal = wrongSignature(request, rawPath, rawQuery);
    if (refusal !== undefined) return void problem(response, 403, refusal);
    if (name !== bucket) return void problem(response, 404, 'NoSuchBucket');
    if (kind === 'list') return void response.end(listing(objects, query, settings));
    send(objects.get(key), request, response, fault?.cutAfter);
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    objects,
    requests,
    put: (key, body, about = {}) => {
      const bytes = Buffer.from(body);
      const object = {
        body: bytes,
        etag: about.etag ?? `"${createHash('md5').update(bytes).digest('hex')}"`,
        modified: about.modified ?? Date.now(),
        storageClass: about.storageClass ?? 'STANDARD',
      };
      objects.set(key, object);
      return object;
    },
    settings,
    close: () => server.close(),
  };
}

function problem(response: ServerResponse, status: number, code: string, extra = ''): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>message-of-the-server</Message>${extra}</Error>`,
  );
}

function send(
  object: FakeObject | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  cutAfter: number | undefined,
): void {
  if (object === undefined) return void problem(response, 404, 'NoSuchKey');
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== object.etag) return void problem(response, 412, 'PreconditionFailed');
  if (['GLACIER', 'DEEP_ARCHIVE'].includes(object.storageClass))
    return void problem(response, 403, 'InvalidObjectState');
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = to === undefined || to === '' ? object.body.length : Number(to) + 1;
  if (start >= object.body.length && from !== undefined) return void problem(response, 416, 'InvalidRange');
  const body = object.body.subarray(start, end);
  response.writeHead(from === undefined ? 200 : 206, {
    etag: object.etag,
    'content-length': body.length,
    'last-modified': new Date(object.modified).toUTCString(),
    ...(from !== undefined && { 'content-range': `bytes ${start}-${start + body.length - 1}/${object.body.length}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  if (cutAfter === undefined) return void response.end(body);
  response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
}

/** In the order of UTF-8 bytes, as S3 promises for general purpose buckets. */
function listing(
  objects: ReadonlyMap<string, FakeObject>,
  query: URLSearchParams,
  settings: FakeS3['settings'],
): string {
  const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const names = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort(compare);
  const behind = names.findIndex((key) => compare(key, after) > 0);
  const begin = behind < 0 ? names.length : Math.max(0, token === null ? behind : behind - settings.overlap);
  const size =
    Math.min(settings.pageSize, Number(query.get('max-keys') ?? 1000)) + (token === null ? 0 : settings.overlap);
  const page = names.slice(begin, begin + size);
  const truncated = begin + size < names.length;
  const encodes = settings.encodes && query.get('encoding-type') === 'url';
  const text = (key: string): string =>
    encodes
      ? encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+')
      : key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const contents = page.map((key) => {
    const object = objects.get(key);
    return `<Contents><Key>${text(key)}</Key><LastModified>${new Date(object?.modified ?? 0).toISOString()}</LastModified><ETag>${(object?.etag ?? '').replaceAll('"', '&quot;')}</ETag><Size>${object?.body.length ?? 0}</Size><StorageClass>${object?.storageClass}</StorageClass></Contents>`;
  });
  const next = truncated
    ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? '').toString('base64url')}</NextContinuationToken>`
    : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><KeyCount>${page.length}</KeyCount>${encodes ? '<EncodingType>url</EncodingType>' : ''}<IsTruncated>${truncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
}

/** Signature Version 4 as docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html describes it. The code of its refusal. */
function wrongSignature(request: IncomingMessage, path: string, query: string): string | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, id, day = '', region = '', signed = '', signature] = pattern.exec(request.headers.authorization ?? '') ?? [];
  if (id === undefined) return 'AccessDenied';
  if (id !== fakeKeys.access_key_id) return 'InvalidAccessKeyId';
  const headers = signed.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [
    request.method,
    path,
    query
      .split('&')
      .map((part) => (part.includes('=') ? part : `${part}=`))
      .sort()
      .join('&'),
    headers.join(''),
    signed,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], `${day}/${region}/s3/aws4_request`, hash].join(
    '\n',
  );
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${fakeKeys.secret_access_key}`);
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}
