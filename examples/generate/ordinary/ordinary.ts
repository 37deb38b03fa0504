import { type Rng, rng } from '../rng.js';
import { dayCount, dayMs, firstDay, workdays } from '../time.js';
import type { Actor, Look, Rec } from '../types.js';
import { agents, plainHosts, silentHosts, usualHosts } from './hosts.js';
import { usualApps, usualExtensions, usualGrants, usualMerchants } from './others.js';

/** What the unremarkable records of a file are. */
export type OrdinaryKind =
  | 'web'
  | 'plain'
  | 'sign-in'
  | 'saml'
  | 'login'
  | 'grant'
  | 'extension'
  | 'telemetry'
  | 'survey'
  | 'expense';

/** A record with everything that `look` leaves open drawn at random. */
export function makeRec(random: Rng, at: number, who: Actor, blocked: boolean, look: Look): Rec {
  return {
    at,
    who,
    blocked,
    host: '',
    path: '',
    port: 443,
    method: 'GET',
    agent: random.pick(agents),
    sent: random.int(350, 4200),
    received: random.int(800, 90_000),
    app: '',
    appId: '',
    scopes: [],
    extension: '',
    via: '',
    tells: '',
    enrolled: false,
    account: '',
    merchant: '',
    amount: 0,
    currency: 'EUR',
    nonce: random.hex(32),
    ...look,
  };
}

/** An instant in office hours: between 06:00 and 17:00 UTC. */
export function officeTime(random: Rng, day: number, ms: boolean): number {
  const seconds = random.int(6 * 3600, 17 * 3600 - 1);
  return firstDay + day * dayMs + seconds * 1000 + (ms ? random.int(1, 999) : 0);
}

/** Nine of ten records fall on a working day. */
function someDay(random: Rng): number {
  return random.next() < 0.9 ? random.pick(workdays()) : random.int(0, dayCount - 1);
}

function weighted<T extends readonly [unknown, unknown, number]>(random: Rng, items: readonly T[]): T {
  let at = random.next() * items.reduce((sum, item) => sum + item[2], 0);
  for (const item of items) {
    at -= item[2];
    if (at < 0) return item;
  }
  return random.pick(items);
}

function look(random: Rng, kind: OrdinaryKind): Look {
  switch (kind) {
    case 'web':
    case 'plain': {
      const hosts = kind === 'plain' ? plainHosts : random.next() < 0.08 ? silentHosts : usualHosts;
      const [host, paths] = weighted(random, hosts);
      return { host, path: random.pick(paths), ...(kind === 'plain' && { port: 80 }) };
    }
    case 'sign-in':
    case 'saml': {
      const [app, appId] = random.pick(usualApps);
      return { app, appId };
    }
    case 'login':
      return {};
    case 'grant': {
      const [app, appId, scopes] = random.pick(usualGrants);
      return { app, appId, scopes };
    }
    case 'extension': {
      const [app, extension] = random.pick(usualExtensions);
      return { app, extension };
    }
    case 'telemetry': {
      const [, extension] = random.pick(usualExtensions);
      return { extension, tells: 'extensions', enrolled: true };
    }
    case 'survey':
      return {};
    case 'expense': {
      const [merchant, low, high] = random.pick(usualMerchants);
      return { merchant, amount: random.int(low, high) };
    }
  }
}

/** The ordinary records of a file, the same whatever else the file holds. */
export function ordinary(
  file: string,
  kind: OrdinaryKind,
  count: number,
  people: readonly Actor[],
  options: { ms: boolean; tunnels: boolean },
): Rec[] {
  const random = rng(`ordinary ${file}`);
  return Array.from({ length: count }, () => {
    const day = someDay(random);
    const at = kind === 'expense' ? firstDay + day * dayMs : officeTime(random, day, options.ms);
    const wanted = look(random, kind);
    // Most proxies do not open TLS everywhere: then only host and port show.
    const shown = options.tunnels && random.next() < 0.6 ? { ...wanted, path: '' } : wanted;
    const blocked = kind === 'web' && random.next() < 0.02;
    return makeRec(random, at, random.pick(people), blocked, shown);
  });
}
