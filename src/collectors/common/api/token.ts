/** A token that lets requests in, for so many milliseconds from now. */
export interface Token {
  value: string;
  lifetimeMs: number;
}

/** Who has a minute left or less is no longer sent: it may end on its way. */
const spareMs = 60_000;

/**
 * Keeps a bearer token while it lasts, by a clock that never jumps. What is asked for at the same time is fetched once.
 * @returns the `authorize` of an ApiClient
 */
export function tokenKeeper(fetch: () => Promise<Token>): (renew: boolean) => Promise<Record<string, string>> {
  let held: { token: Promise<Token>; since: number } | undefined;
  return async (renew) => {
    if (held !== undefined && !renew) {
      const { value, lifetimeMs } = await held.token;
      if (performance.now() - held.since < lifetimeMs - spareMs) return bearer(value);
    }
    const asked = { token: fetch(), since: performance.now() };
    held = asked;
    try {
      return bearer((await asked.token).value);
    } catch (error) {
      if (held === asked) held = undefined;
      throw error;
    }
  };
}

const bearer = (value: string): Record<string, string> => ({ authorization: `Bearer ${value}` });

/** Reads the answer of a token endpoint (RFC 6749, section 5.1); undefined where it holds none. Without a lifetime it is an hour. */
export function readToken(body: unknown): Token | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { access_token, expires_in } = body as { access_token?: unknown; expires_in?: unknown };
  if (typeof access_token !== 'string' || !/^[\w\-.~+/=]{1,16384}$/.test(access_token)) return undefined;
  const seconds = Number(expires_in ?? 3600);
  return { value: access_token, lifetimeMs: (Number.isFinite(seconds) ? Math.min(seconds, 86_400) : 3600) * 1000 };
}
