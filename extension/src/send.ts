import { type Agent, takeBatch, verdictOf, waitAfter } from './events.js';
import type { Settings } from './settings.js';
import { change, type Device, type Fetched, type Sent, type State } from './state.js';

/** A key that was refused is not asked for anew before this: who revoked it meant it. */
const refusedFor = 86_400_000;
/** Longest time for one request. */
const patience = 30_000;

export function agent(): Agent {
  const { version } = chrome.runtime.getManifest();
  const brands = (navigator as { userAgentData?: { brands: { brand: string; version: string }[] } }).userAgentData
    ?.brands;
  const firefox = /\bFirefox\/(\d+)/.exec(navigator.userAgent)?.[1];
  const known = brands?.find(
    ({ brand }) => /^(?:Google Chrome|Microsoft Edge|Chromium)$/.test(brand) && brand !== 'Chromium',
  );
  const chromium = brands?.find(({ brand }) => brand === 'Chromium');
  const browser =
    firefox !== undefined
      ? 'firefox'
      : known?.brand === 'Microsoft Edge'
        ? 'edge'
        : known === undefined
          ? 'chromium'
          : 'chrome';
  const major = firefox ?? known?.version ?? chromium?.version;
  return { name: 'halflight-extension', version, browser, ...(major !== undefined && { browser_version: major }) };
}

/** 128 random bits. */
export const random = (): string => crypto.randomUUID().replaceAll('-', '');

interface Answer {
  status: number;
  text: string;
  headers: Headers | undefined;
}

/** Never throws: without an answer the status is 0. Cookies, referrer and redirects stay out of it. */
async function ask(
  { server, token }: Settings,
  path: string,
  { body, headers = {} }: { body?: string; headers?: Record<string, string> },
): Promise<Answer> {
  try {
    const answer = await fetch(`${server}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    });
    return { status: answer.status, text: (await answer.text()).slice(0, 1_000_000), headers: answer.headers };
  } catch {
    return { status: 0, text: '', headers: undefined };
  }
}

/** For who does not want to wait: tries again now, unless it was the server who asked for the pause. */
export const endPause = (): Promise<void> =>
  change((state) => {
    if (state.pause?.asked === false) delete state.pause;
  });

let running: Promise<void> | undefined;

/** Sends what waits, one batch after the other, until nothing waits or the server wants a pause. Called twice it runs once. */
export function flush(settings: Settings, now: () => number): Promise<void> {
  running ??= sendAll(settings, now).finally(() => {
    running = undefined;
  });
  return running;
}

async function sendAll(settings: Settings, now: () => number): Promise<void> {
  for (;;) {
    const next = await change((state) => prepare(state, settings, now()));
    if (next === undefined) return;
    const device = next.device ?? (await enrol(settings, now));
    if (device === undefined) return;
    const answer = await ask(settings, '/v1/telemetry', {
      body: next.body,
      headers: { 'halflight-device': device.key },
    });
    if (!(await change((state) => settle(state, next.body, device, answer, now())))) return;
  }
}

/** The bytes to send now; undefined where there are none, or it is not time. */
function prepare(
  state: State,
  settings: Settings,
  now: number,
): { body: string; device: Device | undefined } | undefined {
  if ((state.pause?.until ?? 0) > now) return undefined;
  const device = state.device?.for === identityOf(settings) ? state.device : undefined;
  if (device?.refusedAt !== undefined && now - device.refusedAt < refusedFor) return undefined;
  if (state.outgoing === undefined) {
    const made = takeBatch(state.waiting, agent(), now, random());
    if (made === undefined) return undefined;
    state.waiting = made.waiting;
    state.outgoing = made.outgoing;
  }
  return { body: state.outgoing.body, device: device?.refusedAt === undefined ? device : undefined };
}

/** @returns whether to go on at once */
function settle(state: State, body: string, device: Device, answer: Answer, now: number): boolean {
  const verdict = verdictOf(answer.status);
  if (verdict === 'again') {
    pause(state, answer, now);
    return false;
  }
  // Any answer of the server ends the pause.
  delete state.pause;
  if (verdict === 'enrol') {
    state.device = { ...device, refusedAt: now };
    return false;
  }
  if (state.outgoing?.body === body) delete state.outgoing;
  state.sent = [sentOf('batch', body, answer, now), ...state.sent];
  return true;
}

function pause(state: State, { status, headers }: Answer, now: number): void {
  const tries = (state.pause?.tries ?? -1) + 1;
  const retryAfter = headers?.get('retry-after') ?? null;
  const until = now + waitAfter(tries, retryAfter, Math.random());
  const why = status === 0 ? 'The server does not answer.' : `The server answered ${status}.`;
  state.pause = { until, tries, why, asked: retryAfter !== null };
}

const sentOf = (what: Sent['what'], body: string, { status, text }: Answer, at: number): Sent => ({
  at,
  what,
  body,
  status,
  // The key of the device is in the answer to an enrolment, and is shown to nobody.
  answer: what === 'enrolment' ? '' : text.slice(0, 1000),
});

/** An enrolment is for one server, token and identity. */
const identityOf = ({ server, token, user, device }: Settings): string =>
  JSON.stringify([server, token.slice(0, 16), user ?? null, device ?? null]);

async function enrol(settings: Settings, now: () => number): Promise<Device | undefined> {
  const { user, device } = settings;
  const body = JSON.stringify({
    halflight_telemetry: '1',
    ...(user !== undefined && { user }),
    ...(device !== undefined && { device }),
    agent: agent(),
  });
  const answer = await ask(settings, '/v1/telemetry/devices', { body });
  return change((state) => {
    const given = answer.status === 201 ? (JSON.parse(answer.text) as { device: string; key: string }) : undefined;
    if (given === undefined) {
      pause(state, answer, now());
      return undefined;
    }
    delete state.pause;
    state.device = { for: identityOf(settings), id: given.device, key: given.key };
    state.sent = [sentOf('enrolment', body, answer, now()), ...state.sent];
    return state.device;
  });
}

/** How old what was fetched may be, in milliseconds. */
const freshFor = 6 * 3_600_000;

/** Asks for the newest catalog or notices where the last answer is some hours old. @returns whether another came */
export async function refresh(
  settings: Settings,
  name: 'catalog' | 'notices',
  now: () => number,
  isGood: (body: unknown) => boolean,
): Promise<boolean> {
  const held = await change((state) =>
    (state.pause?.until ?? 0) > now() ? undefined : { at: 0, etag: '', ...state[name] },
  );
  if (held === undefined || now() - held.at < freshFor) return false;
  const answer = await ask(settings, `/v1/telemetry/${name}`, {
    headers: held.etag === '' ? {} : { 'if-none-match': held.etag },
  });
  const body = answer.status === 200 ? parsed(answer.text) : undefined;
  const good = body !== undefined && isGood(body);
  await change((state) => {
    const before = state[name];
    if (good)
      Object.assign(state, {
        [name]: { etag: answer.headers?.get('etag') ?? '', at: now(), body } satisfies Fetched<unknown>,
      });
    else if (answer.status === 304 && before !== undefined) Object.assign(state, { [name]: { ...before, at: now() } });
    else if (answer.status === 0 || answer.status === 429 || answer.status >= 500) pause(state, answer, now());
  });
  return good;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
