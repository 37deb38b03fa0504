/** Why nothing, or not everything, came back. */
export type EgressErrorKind =
  /** The policy does not let us go there: trying again is of no use. */
  | 'refused'
  /** Not done within the time given. */
  | 'timeout'
  /** No connection, a broken one, a certificate that does not hold, or an answer that is no HTTP. */
  | 'network'
  /** The other side sent more than was asked for. */
  | 'too-large';

/** A request that got no whole answer. Its message is for people and holds no secret, no path and no query of the URL. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly kind: EgressErrorKind;

  constructor(kind: EgressErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
