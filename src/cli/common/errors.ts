import { safeLine } from '../../core/terminal.js';

/** Exit codes of every command; a contract. */
export const exitCodes = {
  /** The command did its work, whatever it found. */
  ok: 0,
  /** It worked, and a check that was asked for came out bad. */
  checkFailed: 1,
  /** Wrong arguments. */
  usage: 2,
  /** Something could not be done; the rest was. */
  failed: 3,
} as const;

/** A problem for the user to read: what, where, and what to do. Shown without a stack trace. */
export class CliError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Explains a system error on a path in words. For what is written there is `explainWriteError`. */
export function explainFileError(error: unknown, path: string): string {
  const code = codeOf(error);
  const known: Record<string, string> = {
    ENOENT: 'does not exist; check the path',
    EACCES: 'may not be read by this user; check its permissions',
    EPERM: 'may not be read by this user; check its permissions',
    EISDIR: 'is a folder; name a file',
    EEXIST: 'is a file; name a folder',
    ELOOP: 'is a chain of links that leads nowhere; check the path',
    EMFILE: 'could not be opened: too many files are open; raise the limit (ulimit -n)',
    ENAMETOOLONG: 'has too long a name; check the path',
    EIO: 'could not be read or written: the device reports an error; check the disk',
    ENOTDIR: 'lies below something that is no folder; check the path',
    ENOSPC: 'cannot be written: the disk is full',
    EROFS: 'cannot be written: the file system is read-only; choose another folder',
  };
  const words = code === undefined ? undefined : known[code];
  return `${safeLine(path)} ${words ?? `could not be used: ${error instanceof Error ? error.message : String(error)}`}`;
}

/** As `explainFileError`, of a file or folder that was to be written. */
export function explainWriteError(error: unknown, path: string): string {
  if (!/^(?:EACCES|EPERM)$/.test(codeOf(error) ?? '')) return explainFileError(error, path);
  return `${safeLine(path)} may not be written by this user; check its permissions, or choose another place`;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;
