import type { AccountKind } from './hit.js';
import type { Provenance } from './provenance.js';
import type { RolledUp } from './rollup.js';

/** What kind of record an event came from; flow and firewall records are `web`. */
export const eventKinds = ['web', 'dns', 'signin', 'grant', 'expense', 'extension', 'activity'] as const;
export type EventKind = (typeof eventKinds)[number];

/** Whether the record says that it went through; a failed sign-in is `blocked`. */
export const actions = ['allowed', 'blocked', 'unknown'] as const;
export type Action = (typeof actions)[number];

/**
 * What a format reads from one record. Values may be given as logged: `completeEvent` (formats/common) makes hosts and
 * addresses canonical and leaves out what is missing. A field that the record does not hold stays undefined.
 */
export interface EventDraft {
  kind: EventKind;
  action: Action;
  /** Milliseconds since 1970 UTC. */
  time?: number | undefined;
  /** User as logged: `DOMAIN\user`, `user@domain`, a display name. */
  user?: string | undefined;
  /** Device name as logged. */
  device?: string | undefined;
  src_ip?: string | undefined;
  dst_ip?: string | undefined;
  /** Destination host name. */
  host?: string | undefined;
  port?: number | undefined;
  /** URL as logged, Base64 undone. */
  url?: string | undefined;
  /** Path without query, beginning with `/`. */
  path?: string | undefined;
  method?: string | undefined;
  /** HTTP status. */
  status?: number | undefined;
  /** Bytes sent by the client. */
  bytes_out?: number | undefined;
  /** Bytes sent to the client. */
  bytes_in?: number | undefined;
  user_agent?: string | undefined;
  /** Name of the application that was signed in to, granted or used. */
  app?: string | undefined;
  app_id?: string | undefined;
  scopes?: readonly string[] | undefined;
  /** The provider's own id of the event. */
  event_id?: string | undefined;
  merchant?: string | undefined;
  /** Minor units of `currency` (cents); refunds are negative. */
  amount?: number | undefined;
  /** ISO 4217, upper case. */
  currency?: string | undefined;
  cost_centre?: string | undefined;
  extension_id?: string | undefined;
  /**
   * The record is of a connection, not of a request. Only for formats whose speed path looks at the port (`isOrdinaryPort`) or that
   * have none. Not printed.
   */
  flow?: boolean | undefined;
  /** Whose plan it was, where the record itself tells it. Not printed. */
  account?: Exclude<AccountKind, 'unknown'> | undefined;
  /** The record is a sum that another engine made with the exported catalog. */
  rollup?: RolledUp | undefined;
  /** Somebody says that they use `app`, asked for it; nothing observed it. Not printed. */
  declared?: boolean | undefined;
  /**
   * Weaker than what the source is worth: the data say themselves that nobody vouches for them, or a receiver has stamped them so. It
   * never makes anything stronger, as the sender can write it. Not printed.
   */
  provenance?: Provenance | undefined;
}

/** The keys of a draft, in the order in which they are printed. */
export const draftKeys = [
  'time',
  'kind',
  'action',
  'user',
  'device',
  'src_ip',
  'dst_ip',
  'host',
  'port',
  'url',
  'path',
  'method',
  'status',
  'bytes_out',
  'bytes_in',
  'user_agent',
  'app',
  'app_id',
  'scopes',
  'event_id',
  'merchant',
  'amount',
  'currency',
  'cost_centre',
  'extension_id',
] as const satisfies readonly (keyof EventDraft)[];

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** One normalised record. Keys are those that `halflight parse` prints. */
export interface Event extends Partial<Defined<Omit<EventDraft, 'kind' | 'action'>>> {
  kind: EventKind;
  action: Action;
  /** 1-based physical line on which the record begins. */
  line: number;
  /** Id of the format that read the record. */
  vendor_format: string;
}
