import type { EventKind } from '../core/event.js';
import type { Report } from './schema.js';

/** What a kind of source can show and what it cannot: so that silence is not read as absence. */
const shows: Readonly<Record<EventKind, { can: string; cannot: string }>> = {
  web: {
    can: 'which hosts and, where the proxy sees them, which paths were asked for, how often, with how many bytes',
    cannot:
      'what was typed, whose account was signed in, traffic that does not pass this proxy (phones, home offices, split tunnels)',
  },
  dns: {
    can: 'that a device looked up the name of a service',
    cannot: 'that it was used, by whom behind a shared address, how much',
  },
  signin: {
    can: 'who signed in to which app through single sign-on: enterprise accounts',
    cannot: 'accounts with a password of their own, private accounts',
  },
  grant: { can: 'which app was given access to company data, with which scopes', cannot: 'whether it made use of it' },
  expense: {
    can: 'what was paid for on cards and claims, by whom',
    cannot: 'free plans, annual contracts paid by invoice, use',
  },
  extension: { can: 'which browser extensions are installed', cannot: 'unmanaged browsers, use' },
  activity: {
    can: 'use that the AI product or the managed browser itself recorded',
    cannot: 'products and browsers that are not connected',
  },
};

/** One row for each kind of source; kinds without a source are named, since they are blind spots. */
export function whatSourcesShow(
  inputs: readonly { kinds: readonly string[]; problem: string | null }[],
): Report['coverage']['shows'] {
  return Object.entries(shows).map(([kind, { can, cannot }]) => ({
    kind,
    sources: inputs.filter((input) => input.kinds.includes(kind)).length,
    can,
    cannot,
  }));
}
