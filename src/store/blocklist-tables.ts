/** `pending`: waits for a person; `withdrawn`: waited, and something newer took its place; the newest `published` is served. */
export type BlockListState = 'pending' | 'published' | 'rolled-back' | 'withdrawn';

/** One entry that came or went, and why. */
export interface BlockListChange {
  sign: '+' | '-';
  text: string;
  why: string;
}

export interface BlockListVersionTable {
  format: string;
  /** 1, 2, 3 ... of each format. */
  version: number;
  state: BlockListState;
  /** Decisions of this day. */
  day: string;
  /** Grows with the versions of a format; seconds since 1970 where these do. */
  serial: number;
  entries: number;
  /** Hex SHA-256 of the entries, each with a line end. */
  entries_hash: string;
  /** As it is served. */
  body: Buffer;
  body_hash: string;
  /** The version that it was held against; null: it was the first. */
  base: number | null;
  added: number;
  removed: number;
  changes: BlockListChange[];
  inventory_hash: string;
  catalog_hash: string;
  /** The version whose entries a roll-back brought back. */
  restores: number | null;
  /** Why it waits, or waited, for a person; null: it did not. */
  waits_for: string | null;
  made_at: number;
  made_by: string;
  decided_at: number | null;
  /** Who approved it, or rolled back to it; null: it went by itself. */
  approved_by: string | null;
  published_at: number | null;
  /** Signed note over it. */
  note: string | null;
}

export interface BlockListFeedTable {
  format: string;
  /** It is configured. */
  active: boolean;
  /** By what it was last made; null: it is to be made anew. */
  grounds: string | null;
  pinned: number | null;
  kept_why: string | null;
  kept_since: number | null;
}

export interface RegisterTroubleTable {
  kind: string;
  why: string;
  since: number;
}
