import { appendAudit } from './audit.js';
import type { DeviceIdentity, DeviceTable } from './device-table.js';
import type { Db } from './tables.js';
import { text } from './values.js';

/** An installation that may send telemetry. Times are milliseconds since 1970. */
export interface Device {
  id: string;
  /** The source that it may send to. */
  source: string;
  /** Hex SHA-256 of the secret of its key. */
  hash: string;
  identity: DeviceIdentity;
  user: string | undefined;
  name: string | undefined;
  /** What it said it was when it enrolled. */
  agent: string;
  /** Id of the token that it was enrolled with. */
  token: string;
  enrolledAt: number;
  lastAt: number | undefined;
  revokedAt: number | undefined;
}

/** More than so many of one source, or in its last hour, are not enrolled. */
export interface DeviceLimits {
  devices: number;
  perHour: number;
}

/** Enrols a device. @returns why not, where the source has too many */
export async function addDevice(
  db: Db,
  device: Omit<Device, 'lastAt' | 'revokedAt'>,
  limits: DeviceLimits,
): Promise<'too many' | 'too many in this hour' | undefined> {
  return db.transaction().execute(async (trx) => {
    const { all, recent } = await trx
      .selectFrom('device')
      .select((expression) => [
        expression.fn.countAll<number>().filterWhere('revoked_at', 'is', null).as('all'),
        expression.fn
          .countAll<number>()
          .filterWhere('enrolled_at', '>', device.enrolledAt - 3_600_000)
          .as('recent'),
      ])
      .where('source', '=', device.source)
      .executeTakeFirstOrThrow();
    if (Number(all) >= limits.devices) return 'too many';
    if (Number(recent) >= limits.perHour) return 'too many in this hour';
    await trx
      .insertInto('device')
      .values({
        id: device.id,
        source: device.source,
        hash: device.hash,
        identity: device.identity,
        user_name: device.user === undefined ? null : text(device.user),
        device_name: device.name === undefined ? null : text(device.name),
        agent: text(device.agent),
        token: device.token,
        enrolled_at: device.enrolledAt,
      })
      .execute();
    await appendAudit(trx, {
      at: device.enrolledAt,
      who: `token:${device.token}`,
      action: 'device.enrolled',
      subject: device.id,
      details: { source: device.source, identity: device.identity, agent: device.agent },
    });
    return undefined;
  });
}

/** A device that is not revoked. */
export async function loadDevice(db: Db, id: string): Promise<Device | undefined> {
  const row = await db
    .selectFrom('device')
    .selectAll()
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : deviceOf(row);
}

/** All devices, the newest first; revoked ones too where asked for. */
export async function loadDevices(
  db: Db,
  { source, revoked = false, limit = 10_000 }: { source?: string | undefined; revoked?: boolean; limit?: number } = {},
): Promise<Device[]> {
  let query = db.selectFrom('device').selectAll().orderBy('enrolled_at', 'desc').orderBy('id').limit(limit);
  if (source !== undefined) query = query.where('source', '=', source);
  if (!revoked) query = query.where('revoked_at', 'is', null);
  return (await query.execute()).map(deviceOf);
}

/** When devices sent last. */
export async function noteDevices(db: Db, ids: readonly string[], at: number): Promise<void> {
  if (ids.length > 0) await db.updateTable('device').set({ last_at: at }).where('id', 'in', ids).execute();
}

/** False: there is none with this id that is still good. */
export async function revokeDevice(db: Db, id: string, who: string, now: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const result = await trx
      .updateTable('device')
      .set({ revoked_at: now })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await appendAudit(trx, { at: now, who, action: 'device.revoked', subject: id, details: {} });
    return true;
  });
}

/** Says whose a device is from now on; nobody's where both are undefined. False: there is none with this id that is still good. */
export async function assignDevice(
  db: Db,
  id: string,
  { user, name }: { user: string | undefined; name: string | undefined },
  who: string,
  now: number,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const identity = user === undefined && name === undefined ? 'none' : 'assigned';
    const result = await trx
      .updateTable('device')
      .set({
        identity,
        user_name: user === undefined ? null : text(user),
        device_name: name === undefined ? null : text(name),
      })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await appendAudit(trx, {
      at: now,
      who,
      action: 'device.assigned',
      subject: id,
      details: { user: user !== undefined, device: name !== undefined },
    });
    return true;
  });
}

const deviceOf = (row: DeviceTable): Device => ({
  id: row.id,
  source: row.source,
  hash: row.hash,
  identity: row.identity,
  user: row.user_name ?? undefined,
  name: row.device_name ?? undefined,
  agent: row.agent,
  token: row.token,
  enrolledAt: row.enrolled_at,
  lastAt: row.last_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
});
