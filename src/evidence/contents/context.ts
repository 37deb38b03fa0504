import { formatTime } from '../../core/time.js';
import type { Actor } from '../../core/usage.js';
import type { BundleScope, NumberRow } from '../../store/reads/bundle.js';
import type { Db } from '../../store/tables.js';

/** What the files of a bundle are made with. */
export interface BundleContext {
  /** A transaction that sees the database at one moment. */
  trx: Db;
  scope: BundleScope;
  /** Rows of the roll-up with their shares, for all files that say the same numbers. */
  numbers: () => AsyncGenerator<NumberRow[]>;
  /** IANA zone of the days. */
  zone: string;
  people: BundlePeople;
  /** Vendor of a service; empty where the catalog does not know it. */
  vendorOf: (service: string) => string;
}

/** How people appear. */
export interface BundlePeople {
  names: boolean;
  actor(actor: Actor): string;
  group(actor: Actor): string;
  /** Takes out of a free text what names somebody, and whom it is about; with names it stays as it is. */
  mask(text: string, about?: Pick<Actor, 'kind' | 'id'>): string;
}

/** A line of NDJSON. */
export const line = (row: Readonly<Record<string, unknown>>): string => `${JSON.stringify(row)}\n`;

/** A time as bundles have it: RFC 3339 in UTC; null where there is none, or none that a calendar has. */
export const instant = (milliseconds: number | null | undefined): string | null =>
  milliseconds === null || milliseconds === undefined || Math.abs(milliseconds) > 8.64e15
    ? null
    : formatTime(milliseconds);
