import type { Generated } from 'kysely';

/** That somebody had an address for a time; see `people/leases/lease.ts`. */
export interface AddressLeaseTable {
  id: Generated<number>;
  address: string;
  from_at: number;
  seen_at: number;
  to_at: number;
  ended: boolean;
  user_name: string;
  device: string;
  mac: string;
  changed: number;
}

/** How far history was resolved, and by what. */
export interface ActorResolutionTable {
  only_row: Generated<boolean>;
  /** Hash of the people that all of history was resolved by. */
  people: string | null;
  /** `changed` of the youngest lease that it was resolved by. */
  leases: Generated<number>;
  /** A pass that has begun: where it goes on. */
  pass: unknown;
  finished_at: number | null;
}
