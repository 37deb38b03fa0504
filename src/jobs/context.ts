import type { Channel } from '../alerts/common/channel.js';
import type { Catalog } from '../catalog/compile.js';
import type { Collector } from '../collectors/common/collector.js';
import type { Signer } from '../core/signed-note.js';
import type { Egress } from '../net/egress.js';
import type { Db } from '../store/tables.js';
import type { InWork } from './in-work.js';
import type { Lanes } from './lanes.js';
import type { Metrics } from './metrics.js';
import type { EnqueueOptions, JobKind } from './queue.js';
import type { RegisterCache } from './registers.js';
import type { ServiceSetup } from './setup.js';

/** The part of a pino logger that jobs use. */
export interface Log {
  debug(about: object, message: string): void;
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}

/** What all jobs of a process share. */
export interface ServiceContext {
  db: Db;
  log: Log;
  /** Milliseconds since 1970. */
  now(): number;
  /** The configuration of now: a reload replaces it. */
  setup(): ServiceSetup;
  /** The catalog of now: a reload may replace it. */
  readonly catalog: Catalog;
  collectors: ReadonlyMap<string, Collector>;
  channels: ReadonlyMap<string, Channel>;
  /** The only way outward, by the policy of now. */
  egress(): Egress;
  registers: RegisterCache;
  metrics: Metrics;
  /** Id under which this process holds leases. */
  instance(): string;
  inWork: InWork;
  /** The channels as this process delivers to them. */
  readonly lanes: Lanes;
  /** Rings, and never fails: who cannot be rung now is rung by the sweeper. */
  ring(kind: JobKind, id: string, options?: EnqueueOptions): void;
  /** Encrypts what must not lie open in the database. */
  seal(bytes: Uint8Array): Buffer;
  /** The key of links that acknowledge alerts; without it messages have none. */
  readonly acknowledgeKey?: Uint8Array | undefined;
  /** Signs checkpoints, bundles and feeds with the key of this installation. */
  readonly signer: Signer;
  /** The name of a person that does not tell who it is. */
  pseudonymOf(person: string): string;
}
