/**
 * How it is known who did what, weakest first.
 *
 * - `unauthenticated`: anybody who reaches a socket could have sent it (syslog without a client certificate).
 * - `claimed`: the sender is known, and who it is about is only what the data say (uploads by hand, a survey).
 * - `reported`: pushed by a sender whose identity the service itself knows and who speaks of its own system (a source's token, a
 *   client certificate, an enrolled device).
 * - `observed`: fetched by Halflight from a system that the organisation runs, or read from a file that the user of a scan chose.
 */
export const provenances = ['unauthenticated', 'claimed', 'reported', 'observed'] as const;
export type Provenance = (typeof provenances)[number];

/** What no finding about a person may rest on alone. */
export const isUnverified = (provenance: Provenance): boolean =>
  provenance === 'claimed' || provenance === 'unauthenticated';

/** The stamp of an event can only weaken what its source is worth. */
export const weaker = (source: Provenance, stamp: Provenance | undefined): Provenance =>
  stamp !== undefined && provenances.indexOf(stamp) < provenances.indexOf(source) ? stamp : source;

export const stronger = (a: Provenance, b: Provenance): Provenance =>
  provenances.indexOf(b) > provenances.indexOf(a) ? b : a;

/** In words, for people. */
export const provenanceWords: Readonly<Record<Provenance, string>> = {
  observed: 'observed by Halflight itself',
  reported: 'reported by a sender that is known',
  claimed: 'only claimed by who sent it',
  unauthenticated: 'sent by anybody who reaches the port',
};
