/** A problem with the database for the user to read: one sentence that says what is wrong and what to do. Never holds a password. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** `code` of a system or PostgreSQL error; where several addresses were tried, that of the first. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What anything thrown says, on one line. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
}

/** Whether the database refused what was to be kept (data or constraint), rather than failed: it would refuse it again. */
export const isDataError = (error: unknown): boolean => /^(?:22|23|54)/.test(codeOf(error) ?? '');

/** Whether the server, or the way to it, went away: the same question has an answer later. */
export const isConnectionError = (error: unknown): boolean =>
  /^(?:08|57P0)|^E(?:CONN|HOST|NET|PIPE|TIMEDOUT)/.test(codeOf(error) ?? '') ||
  /Connection terminated|timeout exceeded/.test(messageOf(error));

/** Names the database of a DATABASE_URL for people, without user and password. */
export function describeUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw badUrl();
  }
  if (parsed.protocol !== 'postgresql:' && parsed.protocol !== 'postgres:') throw badUrl();
  const host = parsed.host || parsed.searchParams.get('host') || 'localhost';
  return `The database ${decodeURIComponent(parsed.pathname.slice(1)) || '(default)'} on ${host}`;
}

const badUrl = (): StoreError =>
  new StoreError('DATABASE_URL is no database URL: write it as postgresql://user:password@host:5432/database.');

const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there: start the server, or correct host and port in DATABASE_URL',
  ENOENT: 'nothing answers there: start the server, or correct the socket folder in DATABASE_URL',
  ECONNRESET: 'the connection was cut: check the server and what lies between, then try again',
  ETIMEDOUT: 'it does not answer: check host, port and firewall',
  EHOSTUNREACH: 'the host cannot be reached: check host, network and firewall',
  ENOTFOUND: 'the host name is not known: correct it in DATABASE_URL',
  EAI_AGAIN: 'the host name cannot be looked up now: check the name service, or the host in DATABASE_URL',
  '28P01': 'user or password is wrong: correct them in DATABASE_URL',
  '28000': 'the server does not let this user in: correct the user in DATABASE_URL, or allow it in pg_hba.conf',
  '3D000': 'it does not exist: create it with CREATE DATABASE, or correct the name in DATABASE_URL',
  '42501': 'the user may not create tables: grant it CREATE on the schema, or make it the owner of the database',
  '53100': 'its disk is full: free some space, then try again',
  '53300': 'it has no free connection: raise max_connections, or end other programs',
};

/** A failed connection or query as a sentence with the remedy. */
export function explainDatabaseError(error: unknown, where: string): StoreError {
  const remedy = remedies[codeOf(error) ?? ''];
  const words = remedy ?? `${messageOf(error)}: check the server and its log, then try again`;
  return new StoreError(`${where} cannot be used: ${words}.`, { cause: error });
}
