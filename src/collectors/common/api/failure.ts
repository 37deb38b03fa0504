/**
 * Why an API did not give what was asked: `login` (nobody by this name, secret wrong or expired), `permission` (known, but may not), `busy`
 * (too many requests, or down), `reach` (no answer), `gone` (a page link or place that it no longer knows), `other`.
 */
export type ApiFailureKind = 'login' | 'permission' | 'busy' | 'reach' | 'gone' | 'other';

/** A request that failed for good, after what could be tried again was. Its message says what to do, and holds no secret. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly kind: ApiFailureKind;
  readonly status: number | undefined;
  /** When it may be asked again, milliseconds since 1970, where it said so and that is not soon. */
  readonly notBefore: number | undefined;

  constructor(
    kind: ApiFailureKind,
    message: string,
    { status, notBefore, cause }: { status?: number; notBefore?: number; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.status = status;
    this.notBefore = notBefore;
  }
}
