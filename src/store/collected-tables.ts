/** Rows of `source_record`. */
export interface SourceRecordTable {
  source: string;
  id: Buffer;
  at: number;
}

/** Rows of `provider_state`. */
export interface ProviderStateTable {
  source: string;
  kind: string;
  id: string;
  body: unknown;
  hash: string;
  /** When it was seen first, and changed last; milliseconds since 1970. */
  first_at: number;
  changed_at: number;
  /** When its record was given to be scanned last: what stands is told again now and then. */
  told_at: number;
  /** The listing that saw it last. */
  run: string;
  missing: number;
  gone_at: number | null;
}
