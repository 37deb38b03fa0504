import type { Redis } from 'ioredis';
import type { QueuePool } from '../store/queue-pool.js';

// The queue is only a bell: jobs carry ids, never data, and what a job does is decided by the database. So every job may be
// rung twice, late, or never (the sweeper rings again), and somebody who writes into the queue can do no more than ring.

/** The kinds of jobs, each a queue of its own. */
export const jobKinds = ['ingest', 'collect', 'reconcile', 'deliver', 'task'] as const;
export type JobKind = (typeof jobKinds)[number];

export interface EnqueueOptions {
  /** Milliseconds before it may start. */
  delay?: number | undefined;
  /** 1 is the most urgent; 10 by default. */
  priority?: number | undefined;
}

/** What a handler may use. */
export interface JobContext {
  /** Aborted when the process is to stop. */
  signal: AbortSignal;
  /** Share of the work done, 0 to 1. */
  progress(share: number): Promise<void>;
}

/** Does a job. May be called again with the same id, also at the same time elsewhere. Throws: it is tried again later. */
export type Handler = (id: string, context: JobContext) => Promise<void>;

export interface QueueCounts {
  waiting: number;
  active: number;
  delayed: number;
}

/** The port that the service works with; `bullmq.ts` has it on Redis and on PostgreSQL. */
export interface Queue {
  /**
   * Rings. An id that waits already is not added twice.
   * @throws QueueError when the queue cannot be reached; the caller goes on, the sweeper rings again
   */
  enqueue(kind: JobKind, id: string, options?: EnqueueOptions): Promise<void>;
  /** Answers the bell with so many at the same time. Errors of a handler are tried again with growing, jittered waits. */
  consume(kind: JobKind, handler: Handler, options: { concurrency: number }): Promise<void>;
  counts(): Promise<Record<JobKind, QueueCounts>>;
  /** Whether jobs come through at present. */
  reachable(): Promise<boolean>;
  /** Takes no more jobs, tells running ones to stop, and waits for them up to the grace time. */
  close(graceMs?: number): Promise<void>;
}

export class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** Where the queue is kept. */
export type QueueBackend = { redis: Redis; prefix: string } | { postgres: QueuePool };

/** Tries of a job whose handler throws, and the first wait between them. */
export const retries = { attempts: 5, delay: 500, jitter: 0.5 };
