// What managed policy says (managed_schema.json). There are no settings of the user: whoever manages the browser decides, and the page
// "What was sent" shows it.

export interface Settings {
  /** Origin of the server, without a slash at the end. */
  server: string;
  token: string;
  /** Who the browser is, where policy says it. */
  user: string | undefined;
  device: string | undefined;
  /** Domains whose accounts are the organisation's. */
  domains: readonly string[];
  notices: boolean;
  extensions: boolean;
  /** Minutes between two batches. */
  every: number;
}

/** @returns the settings, or in words why there are none */
export function readSettings(policy: Readonly<Record<string, unknown>>): Settings | string {
  const text = (name: string): string => (typeof policy[name] === 'string' ? policy[name].trim() : '');
  const server = serverOf(text('serverUrl'));
  if (text('serverUrl') === '') return 'Nothing is sent: no managed policy names a server.';
  if (server === undefined) return 'Nothing is sent: serverUrl of the managed policy is no https address.';
  const token = text('token');
  if (!/^hlf_[\w-]{12}\.[\w-]{43}$/.test(token)) return 'Nothing is sent: the managed policy holds no token.';
  const mode = text('identityMode') === '' ? 'device' : text('identityMode');
  const { enterpriseDomains, notices, extensions, reportMinutes } = policy;
  return {
    server,
    token,
    user: mode === 'managed-user' ? named(text('user')) : undefined,
    device: mode === 'anonymous' ? undefined : named(text('device')),
    domains: (Array.isArray(enterpriseDomains) ? enterpriseDomains : [])
      .filter((domain): domain is string => typeof domain === 'string')
      .map((domain) =>
        domain
          .trim()
          .toLowerCase()
          .replace(/^[@.]+/, ''),
      )
      .filter((domain) => domain !== '')
      .slice(0, 500),
    notices: notices !== false,
    extensions: extensions !== false,
    every: typeof reportMinutes === 'number' ? Math.min(60, Math.max(1, reportMinutes)) : 5,
  };
}

/** A variable that the management system did not fill in names nobody. */
const named = (text: string): string | undefined =>
  text === '' || text.length > 200 || /[${}%]/.test(text) ? undefined : text;

/** Plain http only on the machine itself: everything else could be read and changed on the way. */
function serverOf(text: string): string | undefined {
  try {
    const url = new URL(text);
    const local = /^(?:localhost|127\.0\.0\.1)$/.test(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) return undefined;
    if (url.username !== '' || url.password !== '') return undefined;
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    return undefined;
  }
}
