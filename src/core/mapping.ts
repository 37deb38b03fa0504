/** A mapping file as parsed (schema in config/mapping.ts): how a custom CSV, JSON or text log becomes events. */
export interface Mapping {
  readonly framing:
    | { readonly type: 'csv'; readonly delimiter: string; readonly header: boolean }
    | { readonly type: 'json' }
    | { readonly type: 'key-value' }
    | { readonly type: 'regex'; readonly pattern: string };
  /** Event key -> column name or 1-based number, JSON path (`a.b[0].c`) or group name. Also `kind`, `action`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Event key -> the same value in every record. */
  readonly constants: Readonly<Record<string, string>>;
  readonly time?: { readonly format?: string | undefined; readonly zone?: string | undefined } | undefined;
  /** Values that mean missing, beside the empty one and `-`. */
  readonly missing: readonly string[];
  /** Values of the mapped `action` field (without regard to case) that mean blocked; others are allowed. */
  readonly blocked: readonly string[];
}
