// Which hosts are AI services: the patterns of GET /v1/telemetry/catalog. `a.com` is the host and all below it, `=a.com` this host only,
// `*` stands for characters of one label and `*.` in front for one or more labels; `!` in front says "not this". The most specific
// decides: most labels, then most characters, then the exact name.

interface Pattern {
  included: boolean;
  exact: boolean;
  rank: number;
  /** Of patterns with a wildcard. */
  test: RegExp | undefined;
}

/** Tells AI hosts from all others. A look-up costs as many steps as the host has labels, and one for each of the few wildcards. */
export class HostMatcher {
  /** Both a suffix and an exact pattern may stand for one name. */
  readonly #named = new Map<string, Pattern[]>();
  readonly #wild: Pattern[] = [];

  constructor(patterns: readonly string[]) {
    for (const text of patterns) {
      const included = !text.startsWith('!');
      const body = included ? text : text.slice(1);
      const exact = body.startsWith('=');
      const host = exact ? body.slice(1) : body;
      const pattern = { included, exact, rank: rankOf(host), test: host.includes('*') ? wildcard(host) : undefined };
      if (pattern.test !== undefined) this.#wild.push(pattern);
      else this.#named.set(host, [...(this.#named.get(host) ?? []), pattern]);
    }
  }

  /** `host`: lower case, ASCII, without port. */
  has(host: string): boolean {
    let best: Pattern | undefined;
    for (let at = 0; at >= 0; at = next(host, at)) {
      const found = (this.#named.get(host.slice(at)) ?? [])
        .filter(({ exact }) => !exact || at === 0)
        .sort((a, b) => Number(b.exact) - Number(a.exact));
      if (found[0] === undefined) continue;
      best = found[0];
      break;
    }
    for (const pattern of this.#wild)
      if ((best === undefined || pattern.rank > best.rank) && pattern.test?.test(host) === true) best = pattern;
    return best?.included === true;
  }
}

function next(host: string, at: number): number {
  const dot = host.indexOf('.', at);
  return dot < 0 ? -1 : dot + 1;
}

const rankOf = (host: string): number => host.split('.').length * 1000 + host.replaceAll('*', '').length;

function wildcard(pattern: string): RegExp {
  const leading = pattern.startsWith('*.');
  const body = (leading ? pattern.slice(2) : pattern)
    .split('*')
    .map((part) => part.replace(/[.-]/g, '\\$&'))
    .join('[^.]+');
  return new RegExp(`^${leading ? '(?:[^.]+\\.)+' : ''}${body}$`);
}

/** The host of a page; undefined for pages that are none of the web. */
export function hostOf(url: string): string | undefined {
  try {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' && protocol !== 'http:') return undefined;
    const host = hostname.replace(/\.$/, '').toLowerCase();
    return host === '' ? undefined : host;
  } catch {
    return undefined;
  }
}

/** What the extension is built with: the patterns that its permissions are, and those that no permission can say. */
export function shippedPatterns(permissions: readonly string[], more: readonly string[]): string[] {
  const wider = new Set(more.flatMap((pattern) => (pattern.startsWith('*.') ? [pattern.slice(2)] : [])));
  const named = permissions.flatMap((permission) => {
    const host = /^\*:\/\/([^/]+)\/\*$/.exec(permission)?.[1];
    if (host === undefined) return [];
    if (!host.startsWith('*.')) return [`=${host}`];
    // A permission for what lies below a host is one for the host itself, too; the pattern says which.
    return wider.has(host.slice(2)) ? [] : [host.slice(2)];
  });
  return [...named, ...more];
}

/** The permission that pages of a pattern need; undefined where none can say it, or none is wanted. */
export function permissionOf(pattern: string): string | undefined {
  if (pattern.startsWith('!')) return undefined;
  if (pattern.startsWith('=')) return pattern.includes('*') ? undefined : `*://${pattern.slice(1)}/*`;
  const host = pattern.replace(/^\*\./, '');
  return host.includes('*') ? undefined : `*://*.${host}/*`;
}
