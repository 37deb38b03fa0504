import type { ApiDeps } from '../../../api/deps.js';
import { DeviceBook } from '../../../api/devices.js';
import { hostSetOf } from '../../../catalog/host-set.js';
import { dayOf } from '../../../core/time.js';
import { useNotices } from '../../../inventory/use-notices.js';
import type { ServiceContext } from '../../../jobs/context.js';
import { loadDevice, noteDevices } from '../../../store/devices.js';
import type { Intake } from './intake.js';

/** What the API needs for browser telemetry. `devices` is to be closed. */
export function telemetryOf(context: ServiceContext, intake: Intake): ApiDeps['telemetry'] {
  const { db, now } = context;
  return {
    source: (id) => intake.telemetrySource(id),
    devices: new DeviceBook(
      { load: (id) => loadDevice(db, id), note: (ids, at) => noteDevices(db, ids, at) },
      context.log,
      now,
    ),
    take: (request) => intake.telemetry(request),
    hostSet: () => hostSetOf(context.catalog),
    async notices(source) {
      const options = intake.telemetrySource(source);
      const entries = options?.notices === true ? (await context.registers.inventory()).body : [];
      return useNotices(context.catalog, entries, { day: dayOf(now(), context.setup().zone), ask: options?.ask_url });
    },
  };
}
