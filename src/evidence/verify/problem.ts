/** In which part of a bundle something is wrong. */
export type ProblemCode = 'archive' | 'signature' | 'manifest' | 'file' | 'record' | 'number' | 'audit' | 'timestamp';

export interface BundleProblem {
  code: ProblemCode;
  message: string;
}

/** Something about a bundle is wrong. */
export class BundleError extends Error {
  readonly code: ProblemCode;
  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws BundleError unless it is so */
export function need(good: boolean, code: ProblemCode, message: string): asserts good {
  if (!good) throw new BundleError(code, message);
}
