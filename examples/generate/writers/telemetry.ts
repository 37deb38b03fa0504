import { isoTime } from '../time.js';
import type { Writer } from '../types.js';
import { lines, uuid } from './shared.js';

/** Records of browser telemetry as its receiver keeps them: who is enrolled stands for itself, who is not has only claimed to be it. */
export const telemetry: Writer = {
  ...lines,
  format: 'halflight-telemetry',
  line: (rec) =>
    JSON.stringify({
      halflight_telemetry: '1',
      received_at: rec.at + 61_000,
      identity: rec.enrolled ? 'reported' : 'claimed',
      user: rec.who.email,
      device: rec.who.device,
      agent: 'halflight-extension/1.0.0 chromium',
      id: uuid(rec),
      at: isoTime(rec.at),
      type: rec.tells,
      ...(rec.tells === 'extensions'
        ? { extensions: [{ id: rec.extension, version: '1.0.0', enabled: true }] }
        : { host: rec.host, ...(rec.account !== '' && { account_kind: rec.account }), count: 1 }),
    }),
};
