import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { afterAll } from 'vitest';
import { createApi } from '../../../src/api/app.js';
import type { ApiDeps } from '../../../src/api/deps.js';
import { DeviceBook } from '../../../src/api/devices.js';
import { TokenBook } from '../../../src/api/tokens.js';
import { compileCatalog } from '../../../src/catalog/compile.js';
import { hostSetOf } from '../../../src/catalog/host-set.js';
import { useNotices } from '../../../src/inventory/use-notices.js';
import { receivePush } from '../../../src/receivers/common/push.js';
import { Spool, type SpoolOptions, type SpoolRecord } from '../../../src/receivers/common/spool.js';
import { receiveTelemetry } from '../../../src/receivers/common/telemetry.js';
import { makeToken } from '../../../src/receivers/common/token.js';
import { receiveUpload } from '../../../src/receivers/common/upload.js';
import { type TelemetryOptions, receiver as telemetryReceiver } from '../../../src/receivers/telemetry.js';
import { loadDevice, noteDevices } from '../../../src/store/devices.js';
import { claimOwnership } from '../../../src/store/owner.js';
import type { TokenScope } from '../../../src/store/source-tables.js';
import type { Db } from '../../../src/store/tables.js';
import { addToken, loadTokens } from '../../../src/store/tokens.js';
import { service } from '../../helpers/service.js';

/** Two services with what browsers look for. */
const testCatalog = compileCatalog([
  service({
    id: 'chatgpt',
    hosts: [{ host: 'chatgpt.com' }, { host: 'api.chatgpt.com', role: 'api' }],
    extensions: [{ store: 'chrome', id: 'ajhkehblebieocfkddeeikfkcecbcijn' }],
  }),
  service({ id: 'otter', category: 'meeting', hosts: ['otter.ai'] }),
]);
const telemetryDefaults = telemetryReceiver.options.parse({});

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** A service around the API: a real spool, real receivers, and the database that it is given. */
export interface TestApi {
  app: FastifyInstance;
  db: Db;
  spool: Spool;
  /** What is logged at `warn` and above, as text. */
  logged: string[];
  tokens: TokenBook;
  /** Tokens of the sources `proxy` and, of kind telemetry, `browsers`, and one that may read. */
  push: string;
  telemetry: string;
  read: string;
  /** Port that it listens on, after `listen`. */
  listen(): Promise<number>;
  /** Everything in the spool that is whole, and of several parts the last. */
  spooled(): Promise<SpoolRecord[]>;
}

export async function startApi(
  db: Db,
  change: Partial<ApiDeps> = {},
  spoolOptions: Partial<SpoolOptions> = {},
  browsers: Partial<TelemetryOptions> = {},
): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-api-'));
  const spool = await Spool.open({ folder: join(folder, 'spool'), claim: claimOwnership, ballast: 0, ...spoolOptions });
  const logged: string[] = [];
  const keep = (fields: object, message: string): void => {
    const { err } = fields as { err?: unknown };
    logged.push(`${message} ${err instanceof Error ? (err.stack ?? '') : ''}`);
  };
  const log = { debug: () => {}, info: () => {}, warn: keep, error: keep };
  const push = await newToken(db, 'push', 'proxy');
  const telemetry = await newToken(db, 'push', 'browsers');
  const read = await newToken(db, 'read');
  const tokens = new TokenBook(() => loadTokens(db), log);
  await tokens.start();
  const receiving = { spool, now: Date.now };
  const devices = new DeviceBook(
    { load: (id) => loadDevice(db, id), note: (ids, at) => noteDevices(db, ids, at) },
    log,
    Date.now,
  );
  const app = await createApi({
    db,
    log,
    now: Date.now,
    config: { timezone: 'UTC', trustedProxies: [] },
    tokens,
    push: (request) => receivePush(request, receiving),
    upload: (request) => receiveUpload(request, receiving),
    telemetry: {
      source: (id) => (id === 'browsers' ? { ...telemetryDefaults, ...browsers } : undefined),
      devices,
      take: (request) =>
        receiveTelemetry(request, { ...receiving, catalog: testCatalog, maxBytes: telemetryDefaults.max_bytes }),
      hostSet: () => hostSetOf(testCatalog),
      notices: async () => useNotices(testCatalog, [], { day: '2026-11-26', ask: undefined }),
    },
    intakeTrouble: () => spool.stats().trouble,
    queueDepth: async () => 3,
    metrics: new Registry(),
    isStopping: () => false,
    version: '1.2.3',
    ...change,
  });
  closing.push(async () => {
    tokens.close();
    devices.close();
    await app.close();
    await spool.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    app,
    db,
    spool,
    logged,
    tokens,
    push,
    telemetry,
    read,
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return (app.server.address() as AddressInfo).port;
    },
    spooled: async () => {
      const records = await spool.read({ after: 0, maxRecords: 100_000, maxBytes: 1 << 30 });
      return records.filter(({ part }) => part === undefined || part.last);
    },
  };
}

/** A token as `source add-token` makes it. */
export async function newToken(db: Db, scope: TokenScope, source?: string): Promise<string> {
  const made = makeToken();
  await addToken(
    db,
    { id: made.id, scope, source, hash: made.hash.toString('hex'), createdAt: Date.now() },
    'cli:test',
  );
  return made.token;
}

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });
