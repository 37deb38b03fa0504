import type { Actor } from '../core/usage.js';
import type { Directory } from './directory.js';

/** A time of rows: from the first event to the last, milliseconds since 1970. */
export interface Span {
  first: number | null;
  last: number | null;
}

/** Kinds of actors that may turn out to be somebody. */
export const unresolvedKinds = ['address', 'device', 'user', 'workload'] as const;
export type UnresolvedKind = (typeof unresolvedKinds)[number];

export const isUnresolved = (kind: string): kind is UnresolvedKind =>
  (unresolvedKinds as readonly string[]).includes(kind);

/**
 * What a stored actor is by the people and leases of now; undefined: the same as before, or nothing surer. A person is never
 * un-resolved, and of the others only an address becomes something else than a person: the device or user that had it.
 */
export function actorNow(directory: Directory, actor: Pick<Actor, 'kind' | 'id'>, span?: Span): Actor | undefined {
  const { kind, id } = actor;
  if (!isUnresolved(kind)) return undefined;
  const time = span?.first ?? undefined;
  const now =
    kind === 'address'
      ? directory.resolve({ src_ip: id, ...(time !== undefined && { time, until: span?.last ?? time }) })
      : directory.resolve(kind === 'device' ? { device: id } : { user: id });
  if (now.kind === 'person') return now;
  return kind === 'address' && now.kind !== 'address' && isUnresolved(now.kind) ? now : undefined;
}
