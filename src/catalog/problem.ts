/** What is wrong with a signature, for the person who wrote it. */
export interface Problem {
  /** Path of the file. */
  file: string;
  /** 1-based; absent where the problem has no place. */
  line?: number;
  /** `hosts.0.host` */
  field?: string;
  message: string;
}
