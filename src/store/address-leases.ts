import { sql } from 'kysely';
import { endLeases, joinLeases, type Lease, type LeaseNews } from '../people/leases/lease.js';
import { batches } from './batches.js';
import type { AddressLeaseTable } from './lease-tables.js';
import type { Db } from './tables.js';
import { text } from './values.js';

// Who had which address when. Leases of one address and holder that touch are one row, whichever chunks told of them: a device that
// renews its lease every hour of a week is one row.

/** Keeps what a chunk says of leases. Part of a transaction; twice is the same as once. */
export async function saveLeases(trx: Db, news: LeaseNews): Promise<void> {
  if (news.leases.length === 0 && news.ends.length === 0) return;
  await sql`select pg_advisory_xact_lock(hashtext('halflight leases'))`.execute(trx);
  const { rows } = await sql<{ next: number }>`select coalesce(max(changed), 0) + 1 as next from address_lease`.execute(
    trx,
  );
  const changed = rows[0]?.next ?? 1;
  const byAddress = new Map<string, { leases: Lease[]; ends: LeaseNews['ends'][number][] }>();
  const of = (address: string) => {
    const known = byAddress.get(address) ?? { leases: [], ends: [] };
    byAddress.set(address, known);
    return known;
  };
  for (const lease of news.leases) of(lease.address).leases.push(lease);
  for (const end of news.ends) of(end.address).ends.push(end);
  for (const { rows: addresses } of batches([...byAddress.keys()].sort())) {
    const leases = addresses.flatMap((address) => byAddress.get(address)?.leases ?? []);
    const ends = addresses.flatMap((address) => byAddress.get(address)?.ends ?? []);
    const times = [...leases.map(({ from }) => from), ...ends.map(({ at }) => at)];
    // What ended before the first of the new ones does not touch them.
    const earliest = times.reduce((least, at) => Math.min(least, at), Number.MAX_SAFE_INTEGER);
    const stored = await sql<AddressLeaseTable & { id: number }>`
      select * from address_lease where address = any(${addresses}::text[]) and to_at >= ${earliest}`.execute(trx);
    const before = new Map(stored.rows.map((row) => [keyOf(leaseOf(row)), row.id]));
    const joined = joinLeases([...stored.rows.map(leaseOf), ...leases.map(storable)]);
    endLeases(
      joined,
      ends.map((end) => ({ ...end, user: text(end.user), device: text(end.device) })).sort((a, b) => a.at - b.at),
    );
    const fresh = joined.filter((lease) => !before.delete(keyOf(lease)));
    // What is left of before was joined to others, or ended.
    if (before.size > 0)
      await sql`delete from address_lease where id = any(${[...before.values()]}::bigint[])`.execute(trx);
    await insertLeases(trx, fresh, changed);
  }
}

const storable = (lease: Lease): Lease => ({ ...lease, user: text(lease.user), device: text(lease.device) });

const keyOf = ({ address, user, device, mac, from, seen, to, ended }: Lease): string =>
  JSON.stringify([address, user, device, mac, from, seen, to, ended]);

const leaseOf = (row: Omit<AddressLeaseTable, 'id'>): Lease => ({
  address: row.address,
  user: row.user_name,
  device: row.device,
  mac: row.mac,
  from: row.from_at,
  seen: row.seen_at,
  to: row.to_at,
  ended: row.ended,
});

async function insertLeases(trx: Db, leases: readonly Lease[], changed: number): Promise<void> {
  for (const { rows } of batches(leases)) {
    await sql`
      insert into address_lease (address, from_at, seen_at, to_at, ended, user_name, device, mac, changed)
      select *, ${changed}::bigint from unnest(
        ${rows.map(({ address }) => address)}::text[],
        ${rows.map(({ from }) => from)}::bigint[],
        ${rows.map(({ seen }) => seen)}::bigint[],
        ${rows.map(({ to }) => to)}::bigint[],
        ${rows.map(({ ended }) => ended)}::boolean[],
        ${rows.map(({ user }) => user)}::text[],
        ${rows.map(({ device }) => device)}::text[],
        ${rows.map(({ mac }) => mac)}::text[])`.execute(trx);
  }
}

/** A number that grows when any lease is other than before; 0: there are none. */
export async function leaseMark(db: Db): Promise<number> {
  const { rows } = await sql<{ mark: number }>`select coalesce(max(changed), 0) as mark from address_lease`.execute(db);
  return rows[0]?.mark ?? 0;
}

/** Leases that end after `since`, the youngest first, at most `most`. */
export async function loadLeases(db: Db, since: number, most: number): Promise<Lease[]> {
  const { rows } = await sql<AddressLeaseTable>`
    select * from address_lease where to_at > ${since} order by to_at desc limit ${most}`.execute(db);
  return rows.map(leaseOf);
}

/** All leases of these addresses. */
export async function leasesOf(db: Db, addresses: readonly string[]): Promise<Lease[]> {
  const { rows } = await sql<AddressLeaseTable>`
    select * from address_lease where address = any(${[...addresses]}::text[]) order by id`.execute(db);
  return rows.map(leaseOf);
}

/** Deletes leases that ended before an instant. @returns how many */
export async function forgetLeases(db: Db, before: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from address_lease where to_at < ${before}`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
