import { bearer } from './api.js';

const json = { 'content-type': 'application/json' };
export const agent = { name: 'halflight-extension', version: '0.1.0', browser: 'chromium' };

/** The request that enrols a device. */
export const enrolment = (token: string, more: object = {}) => ({
  method: 'POST' as const,
  url: '/v1/telemetry/devices',
  headers: { ...bearer(token), ...json },
  payload: JSON.stringify({ halflight_telemetry: '1', agent, ...more }),
});

/** A batch as the extension makes one. */
export const batchOf = (events: readonly unknown[], more: object = {}) => ({
  halflight_telemetry: '1',
  batch: 'batch-0123456789',
  sent_at: '2026-11-26T09:00:00.000Z',
  agent,
  events,
  ...more,
});

/** The request that sends a batch. */
export const sending = (token: string, device: string, batch: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST' as const,
  url: '/v1/telemetry',
  headers: { ...bearer(token), ...json, 'halflight-device': device, ...headers },
  payload: typeof batch === 'string' ? batch : JSON.stringify(batch),
});

let events = 0;
/** An event of a page of a host. */
export const on = (host: string, type = 'visit', more: object = {}) => ({
  id: `e${++events}`,
  at: '2026-11-26T08:59:00.000Z',
  type,
  host,
  account_kind: 'unknown',
  ...more,
});
