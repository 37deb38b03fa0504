import type { Registry } from 'prom-client';
import type { HostSet } from '../catalog/host-set.js';
import type { UseNotices } from '../inventory/use-notices.js';
import type { HttpOutcome, HttpRequest } from '../receivers/common/http.js';
import type { TelemetryOptions } from '../receivers/telemetry.js';
import type { Db } from '../store/tables.js';
import type { DeviceBook } from './devices.js';
import type { ApiLog } from './log.js';
import type { Recent } from './recent.js';
import type { TokenBook } from './tokens.js';

/** What the API needs of the rest; wired in src/cli. */
export interface ApiDeps {
  db: Db;
  log: ApiLog;
  /** Milliseconds since 1970. */
  now(): number;
  config: {
    /** Zone of the organisation, in which days begin. */
    timezone: string;
    /** Addresses and networks of reverse proxies whose X-Forwarded-For is believed. */
    trustedProxies: readonly string[];
    /** PEM. Without it: plain http. */
    tls?: { cert: string | Buffer; key: string | Buffer } | undefined;
  };
  tokens: TokenBook;
  /** Takes a push. Resolves when its data are on disk, or with why not. */
  push(request: HttpRequest): Promise<HttpOutcome>;
  /** Takes a file. As `push`. */
  upload(request: HttpRequest): Promise<HttpOutcome>;
  /** Browser telemetry. */
  telemetry: {
    /** Options of a source of this kind; undefined: the source is none. */
    source(id: string): TelemetryOptions | undefined;
    devices: DeviceBook;
    /** Takes a batch. As `push`. */
    take(request: HttpRequest): Promise<HttpOutcome>;
    hostSet(): HostSet;
    notices(source: string): Promise<UseNotices>;
  };
  /** The key of links that acknowledge alerts; without it none holds. */
  acknowledgeKey?: Uint8Array | undefined;
  /** Why pushes are not taken now (spool full, disk fails), in words without paths; undefined: they are. */
  intakeTrouble(): string | undefined;
  /** What works and needs somebody soon, in sentences without paths. */
  warnings?(): readonly string[];
  /** Jobs that wait; undefined: not known here. */
  queueDepth(): Promise<number | undefined>;
  /** What other parts measure (lag from event to finding, job times). Shown beside what the API measures. */
  metrics: Registry;
  /** True once the process was asked to end. */
  isStopping(): boolean;
  version: string;
}

/** What the handlers of routes get. */
export interface Context extends ApiDeps {
  /** Reads the database, a few at a time, in a transaction that can change nothing. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Answers that may be some seconds old. */
  recent: Recent;
  /** Everything measured, as Prometheus reads it. */
  measured(): Promise<string>;
}
