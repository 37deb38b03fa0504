import type { ZodType } from 'zod';
import type { Catalog } from '../../catalog/compile.js';
import type { Gap } from '../../core/chunk.js';
import type { Provenance } from '../../core/provenance.js';
import type { HttpOutcome, HttpRequest } from './http.js';
import type { Quota } from './quota.js';
import type { Spool } from './spool.js';

// A receiver is pushed to: a plug-in of src/receivers; its file name is its id. What it takes is on disk before the sender
// hears so. Which source the data belong to is decided by the token or by the listener, never by anything that is sent.

/** What receivers of one process share. */
export interface ReceiveContext {
  spool: Spool;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Data come with HTTP requests, whose routes are in src/api. */
export interface HttpReceiver<Options = unknown> {
  kind: 'http';
  /** Name for people: "HTTP push". */
  title: string;
  /** Options as written in the configuration, checked; its texts are shown to who writes them wrong. */
  options: ZodType<Options>;
  /** What the data are worth by these options: how well the service itself knows who sends. */
  provenance(options: Options): Provenance;
  /** Takes one request. Never throws: what went wrong is an outcome with a status. */
  receive(
    request: HttpRequest,
    options: Options,
    context: ReceiveContext & { quota?: Quota | undefined; catalog(): Catalog },
  ): Promise<HttpOutcome>;
}

export interface ListenerContext extends ReceiveContext {
  /** Id of the source. */
  source: string;
  /** Data known to be lost. Called at any time, some times a second at most. */
  onGap(gap: Gap): void;
}

/** A socket of its own that senders connect to. */
export interface Listener {
  /** Begins; gives the address and the port that is really listened on. @throws Error in words when the port cannot be had */
  listen(): Promise<{ address: string; port: number }>;
  /** Takes no more from now on, keeps what it has, and is done within a second. */
  close(): Promise<void>;
  stats(): ListenerStats;
}

export interface ListenerStats {
  /** Connections now. */
  connections: number;
  /** Messages and their bytes that are in the spool. */
  messages: number;
  bytes: number;
  /** Connections turned away: too many, or no free file handle. */
  shed: number;
  /** Messages and datagrams known to be lost; each was reported as a gap too. */
  lost: number;
  /** True while senders are made to wait because the spool takes nothing. */
  paused: boolean;
}

export interface ListenerReceiver<Options = unknown> {
  kind: 'listener';
  title: string;
  options: ZodType<Options>;
  /** What the data are worth by these options: how well the service itself knows who sends. */
  provenance(options: Options): Provenance;
  create(options: Options, context: ListenerContext): Listener;
}

export type Receiver = HttpReceiver | ListenerReceiver;
