import { safeLine } from '../../../core/terminal.js';
import type { Device } from '../../../store/devices.js';

/** A device as `device list --json` prints it. The hash of its key is nobody's business. */
export function deviceJson(device: Device, names: boolean): Record<string, unknown> {
  const { hash: _hash, user, name, ...rest } = device;
  const at = (time: number | undefined): string | null => (time === undefined ? null : new Date(time).toISOString());
  return {
    id: rest.id,
    source: rest.source,
    identity: rest.identity,
    ...(names && { user: user ?? null, device: name ?? null }),
    agent: rest.agent,
    token: rest.token,
    enrolled_at: at(rest.enrolledAt),
    last_at: at(rest.lastAt),
    revoked_at: at(rest.revokedAt),
  };
}

/** Lines of 80 columns: id, source, who says whose it is, enrolled, last sent; below the names where they are asked for. */
export function deviceLines(devices: readonly Device[], names: boolean): string[] {
  if (devices.length === 0)
    return ['No device is enrolled: docs/browser-extension.md says how browsers get the token of a telemetry source.'];
  const day = (time: number | undefined): string =>
    time === undefined ? 'never' : new Date(time).toISOString().slice(0, 10);
  const width = Math.min(20, Math.max(6, ...devices.map(({ source }) => source.length)));
  return [
    `${'device'.padEnd(12)}  ${'source'.padEnd(width)}  ${'identity'.padEnd(8)}  ${'enrolled'.padEnd(10)}  ${'sent last'.padEnd(10)}  state`,
    ...devices.flatMap((device) => [
      `${device.id}  ${safeLine(device.source).slice(0, 20).padEnd(width)}  ${device.identity.padEnd(8)}  ${day(device.enrolledAt)}  ${day(device.lastAt).padEnd(10)}  ${device.revokedAt === undefined ? 'good' : 'revoked'}`,
      ...(names && device.identity !== 'none'
        ? [`    ${safeLine([device.user, device.name].filter((text) => text !== undefined).join(', '))}`]
        : []),
    ]),
  ];
}
