import { timingSafeEqual } from 'node:crypto';
import type { TelemetrySender } from '../core/telemetry.js';
import { hashToken, parseToken } from '../receivers/common/token.js';
import type { IdentityMode } from '../receivers/telemetry.js';
import type { Device } from '../store/devices.js';
import type { ApiLog } from './log.js';
import { ApiProblem } from './problem.js';

/** How the book reaches the database. */
export interface DeviceStore {
  load(id: string): Promise<Device | undefined>;
  /** These have just sent. */
  note(ids: readonly string[], at: number): Promise<void>;
}

/** Header with the key of an enrolled device. */
export const deviceHeader = 'halflight-device';

/** For so long a revoked device may still be taken, and one that is assigned sends as before, in milliseconds. */
const freshFor = 2000;
/** Devices in memory; the one that was asked for longest ago goes first. */
const most = 20_000;
const noteEvery = 5000;

/**
 * The enrolled devices that send: each is looked up once in two seconds. While the database is away those that were good stay good. Only
 * who has the token of a telemetry source comes here, and the id is looked for before the secret is compared, so that neither a flood of
 * bad keys nor a lucky guess gains more than one look-up by primary key.
 */
export class DeviceBook {
  readonly #store: DeviceStore;
  readonly #log: Pick<ApiLog, 'warn'>;
  readonly #monotonic: () => number;
  readonly #known = new Map<string, { device: Device | undefined; at: number }>();
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;

  /** `now`: milliseconds since 1970; `monotonic`: of a clock that never jumps. */
  constructor(
    store: DeviceStore,
    log: Pick<ApiLog, 'warn'>,
    now: () => number,
    monotonic: () => number = () => performance.now(),
  ) {
    this.#store = store;
    this.#log = log;
    this.#now = now;
    this.#monotonic = monotonic;
    this.#timer = setInterval(() => void this.#note(), noteEvery);
    this.#timer.unref();
  }

  /**
   * Who sends, by the key in its header and for the source of its token. A device of another source is nobody here.
   * @throws ApiProblem 401 for whom no key is known
   */
  async check(key: unknown, source: string, mode: IdentityMode): Promise<TelemetrySender> {
    const told = typeof key === 'string' ? parseToken(key, 'hld') : undefined;
    const device = told === undefined ? undefined : await this.#find(told.id);
    const given = hashToken(told?.secret ?? '');
    const good = timingSafeEqual(given, Buffer.from(device?.hash ?? nobody, 'hex'));
    if (!good || device === undefined || device.source !== source)
      throw new ApiProblem(
        401,
        'The key of the device is missing, wrong or revoked: enrol with POST /v1/telemetry/devices and send "Halflight-Device: hld_ID.SECRET".',
        { title: 'Not enrolled' },
      );
    this.#seen.add(device.id);
    const anonymous = mode === 'anonymous';
    // A user that policy named counts as long as the source takes such; one that an administrator named always does.
    const named = device.identity === 'assigned' || mode === 'managed-user';
    return {
      device: device.id,
      user: anonymous || !named ? undefined : device.user,
      deviceName: anonymous ? undefined : device.name,
      anonymous,
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #find(id: string): Promise<Device | undefined> {
    const found = this.#known.get(id);
    const now = this.#monotonic();
    if (found !== undefined && now - found.at < freshFor) return found.device;
    try {
      const device = await this.#store.load(id);
      this.#known.delete(id);
      this.#known.set(id, { device, at: now });
      const oldest = this.#known.keys().next();
      if (this.#known.size > most && oldest.done !== true) this.#known.delete(oldest.value);
      return device;
    } catch (error) {
      if (found?.device !== undefined) return found.device;
      throw error;
    }
  }

  async #note(): Promise<void> {
    const ids = [...this.#seen];
    this.#seen.clear();
    await this.#store.note(ids, this.#now()).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'When devices sent last could not be kept.');
    });
  }
}

const nobody = '0'.repeat(64);
