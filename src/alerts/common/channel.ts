import type { ZodType } from 'zod';
import type { Check } from '../../core/check.js';
import type { Notice } from '../../core/notice.js';
import type { Egress } from '../../net/egress.js';

/** What became of a delivery. */
export type Delivery =
  | { outcome: 'sent' }
  /**
   * Try again, not before `afterSeconds` where the other side said so. `why`: without secrets, for people. `away`: it is no matter of this
   * notice, as far as one can tell: the other side did not answer, or says that it takes nothing at present.
   */
  | { outcome: 'retry'; why: string; afterSeconds?: number | undefined; away?: true }
  /** Trying again is of no use. */
  | { outcome: 'refused'; why: string };

/** A periodic report as a channel carries it. */
export interface CarriedReport {
  /** HTML that is safe in a mail: without scripts, styles of its own or anything from elsewhere; undefined: plain text alone. */
  html: string | undefined;
  /** The same for readers that show no HTML; undefined: the words of the notice. */
  text: string | undefined;
  /** Instead of those whom the channel tells everything; empty: those. */
  recipients: readonly string[];
  files: readonly { name: string; mediaType: string; content: Uint8Array }[];
}

export interface SendContext {
  egress: Egress;
  /** Address under which people reach the service, for links; undefined where the configuration does not say. */
  publicUrl?: string | undefined;
  /** Where the alert of the notice is acknowledged by whoever has the link; undefined: it has none. */
  acknowledgeUrl?: string | undefined;
  /** Of a notice `report.ready`: the report itself, for channels that can carry it; undefined: it is no longer kept. */
  report?: (() => Promise<CarriedReport | undefined>) | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  signal: AbortSignal;
  /** The one address that this notice goes to, instead of those of the options. For channels with `people`. */
  to?: string | undefined;
}

/** A way to tell people or systems: a plug-in of src/alerts; its file name is its id. */
export interface Channel<Options = unknown> {
  /** Name for people: "Webhook". */
  title: string;
  options: ZodType<Options>;
  /** Whether it can write to one person by address: `too`, or `alone`, so that it takes no other notices. */
  people?: 'too' | 'alone';
  /** Whom or what it tells, for who looks at the installation: addresses, a host, a project. Never a secret. */
  whereTo?(options: Options): string;
  /** Delivers once. May be called again with the same notice: its id lets the receiver see that. Never throws for what the other side does. */
  send(notice: Notice, options: Options, context: SendContext): Promise<Delivery>;
  /** Looks whether it could work, and sends nothing. */
  test(options: Options, context: SendContext): Promise<Check[]>;
}
