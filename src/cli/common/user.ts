import { userInfo } from 'node:os';

/** Who runs the command, for the audit log. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as containers have.
    return String(process.getuid?.() ?? 'unknown');
  }
}
