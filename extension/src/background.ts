import catalogShipped from 'virtual:catalog';
import type { AccountKind } from './account.js';
import { added, type Draft, minuteOf, sendFrom, type TelemetryEvent } from './events.js';
import { HostMatcher, hostOf, permissionOf, shippedPatterns } from './host-set.js';
import { type Notice, noticeEvery, noticeFor } from './notices.js';
import { endPause, flush, random, refresh } from './send.js';
import { readSettings, type Settings } from './settings.js';
import { change, type State } from './state.js';

// The worker. It begins anew for every event, works by what is in the storage, and holds nothing that it could not lose.

const alarm = 'halflight';
const script = 'halflight-content';
const now = (): number => Date.now();

const settings = async (): Promise<Settings | string> =>
  readSettings(await chrome.storage.managed.get(null).catch(() => ({})));

interface Catalog {
  hosts: HostMatcher;
  patterns: readonly string[];
  extensions: ReadonlySet<string>;
}
let held: { version: string; catalog: Catalog } | undefined;

/** The newest catalog that was fetched, else the one that the extension was built with. */
function catalogOf({ catalog }: State): Catalog {
  const version = catalog?.body.version ?? catalogShipped.version;
  if (held?.version !== version) {
    const patterns =
      catalog?.body.hosts ?? shippedPatterns(chrome.runtime.getManifest().host_permissions ?? [], catalogShipped.more);
    const extensions = new Set(catalog?.body.extensions ?? catalogShipped.extensions);
    held = { version, catalog: { hosts: new HostMatcher(patterns), patterns, extensions } };
  }
  return held.catalog;
}

/** Keeps an event that is about AI, and sends at once where many wait. Without a policy nothing is kept. */
async function note(make: (state: State, catalog: Catalog) => Draft | undefined): Promise<void> {
  const known = await settings();
  if (typeof known === 'string') return;
  const many = await change((state) => {
    const event = make(state, catalogOf(state));
    if (event === undefined) return false;
    state.waiting = added(state.waiting, { id: random(), at: minuteOf(now()), ...event } as TelemetryEvent);
    return state.waiting.events.length >= sendFrom;
  });
  if (many) await flush(known, now);
}

const kindOf = (state: State, host: string): AccountKind =>
  (state.signins[host]?.kind as AccountKind | undefined) ?? 'unknown';

// Hosts: only those of the catalog are ever put together with anything.
chrome.webNavigation.onCommitted.addListener(({ url, frameId, documentLifecycle }) => {
  if (frameId !== 0 || documentLifecycle === 'prerender') return;
  const host = hostOf(url);
  if (host === undefined) return;
  void note((state, { hosts }) =>
    hosts.has(host) ? { type: 'visit', host, account_kind: kindOf(state, host) } : undefined,
  );
});

interface FromPage {
  type: 'hello' | 'paste' | 'upload' | 'account';
  count?: number;
  bytes?: number;
  kind?: AccountKind;
}

/** What a page script says; where it runs is told by the browser, never by the page. */
async function fromPage(message: FromPage, host: string, top: boolean): Promise<unknown> {
  if (message.type === 'hello') return hello(host, top);
  await note((state, { hosts }) => {
    if (!hosts.has(host)) return undefined;
    if (message.type === 'account') return signedIn(state, host, message.kind);
    const count = whole(message.count, 10_000);
    if (count === 0) return undefined;
    const type = message.type === 'paste' ? 'paste' : 'upload';
    return { type, host, account_kind: kindOf(state, host), count, bytes: whole(message.bytes, 2 ** 40) };
  });
  return undefined;
}

const whole = (value: unknown, most: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(0, Math.round(value))) : 0;

/** The account of a page, told once a day and when it changes. */
function signedIn(state: State, host: string, kind: unknown): Draft | undefined {
  const known = (['enterprise', 'personal', 'unknown'] as const).find((one) => one === kind);
  const day = minuteOf(now()).slice(0, 10);
  const before = state.signins[host];
  if (known === undefined || (before?.kind === known && before.day === day)) return undefined;
  // Old ones go, so that the list stays as short as what is used.
  const fresh = Object.entries(state.signins).filter(
    ([, entry]) => Date.parse(day) - Date.parse(entry.day) < 30 * 86_400_000,
  );
  state.signins = { ...Object.fromEntries(fresh.slice(-500)), [host]: { kind: known, day } };
  return { type: 'sign-in', host, account_kind: known };
}

async function hello(host: string, top: boolean): Promise<{ domains: readonly string[]; notice?: Notice } | undefined> {
  const known = await settings();
  if (typeof known === 'string') return undefined;
  return change((state) => {
    const { domains } = known;
    if (!catalogOf(state).hosts.has(host)) return undefined;
    const notice =
      known.notices && top && state.notices !== undefined ? noticeFor(host, state.notices.body) : undefined;
    if (notice === undefined || now() - (state.noticed[notice.service] ?? 0) < noticeEvery) return { domains };
    state.noticed = { ...state.noticed, [notice.service]: now() };
    return { domains, notice };
  });
}

/** Tells of AI extensions once a day, and when they change. */
async function tellExtensions(known: Settings): Promise<void> {
  if (!known.extensions) return;
  const all = await chrome.management.getAll().catch(() => []);
  await note((state, { extensions }) => {
    const own = all
      .filter(({ id, type }) => type === 'extension' && extensions.has(id.toLowerCase()))
      .map(({ id, version, enabled }) => ({ id, version: version.slice(0, 50), enabled }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const list = JSON.stringify(own);
    const day = minuteOf(now()).slice(0, 10);
    const before = state.extensions;
    if (before?.list === list && (before.day === day || own.length === 0)) return undefined;
    state.extensions = { list, day };
    // That there are none is no news unless there were some.
    return own.length === 0 && before === undefined ? undefined : { type: 'extensions', extensions: own };
  });
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** Lets the page script run where AI is, as far as the permissions go, and nowhere else. */
async function placeScript(): Promise<void> {
  const on = typeof (await settings()) !== 'string';
  const patterns = await change((state) => catalogOf(state).patterns);
  const permissions = new Set(chrome.runtime.getManifest().host_permissions);
  const wanted = on ? patterns.flatMap((pattern) => permissionOf(pattern) ?? []) : [];
  const matches = [...new Set(wanted)].filter((permission) => permissions.has(permission)).sort(byText);
  const [registered] = await chrome.scripting.getRegisteredContentScripts({ ids: [script] });
  if (JSON.stringify(registered?.matches?.toSorted(byText) ?? []) === JSON.stringify(matches)) return;
  if (registered !== undefined) await chrome.scripting.unregisterContentScripts({ ids: [script] });
  if (matches.length > 0)
    await chrome.scripting.registerContentScripts([
      {
        id: script,
        js: ['content.js'],
        matches,
        allFrames: true,
        runAt: 'document_start',
        persistAcrossSessions: true,
      },
    ]);
}

const isCatalog = (body: unknown): boolean => {
  const { version, hosts, extensions } = body as Record<string, unknown>;
  const texts = (list: unknown): boolean =>
    Array.isArray(list) && list.length < 50_000 && list.every((item) => typeof item === 'string');
  return typeof version === 'string' && texts(hosts) && texts(extensions);
};
const isNotices = (body: unknown): boolean => {
  const { version, groups } = body as Record<string, unknown>;
  return typeof version === 'string' && Array.isArray(groups);
};

/** Everything that is due. */
async function work(): Promise<void> {
  const known = await settings();
  if (typeof known === 'string') return;
  if (await refresh(known, 'catalog', now, isCatalog)) await placeScript();
  if (known.notices) await refresh(known, 'notices', now, isNotices);
  await tellExtensions(known);
  await flush(known, now);
  const until = await change((state) => state.pause?.until ?? 0);
  if (until > now()) await chrome.alarms.create(`${alarm}-again`, { when: until });
}

/** The alarm that lets the worker sleep in between. */
async function begin(): Promise<void> {
  const known = await settings();
  await placeScript();
  if (typeof known === 'string') return;
  const alarmNow = await chrome.alarms.get(alarm);
  if (alarmNow?.periodInMinutes !== known.every)
    await chrome.alarms.create(alarm, { delayInMinutes: 0.5, periodInMinutes: known.every });
  await work();
}

chrome.alarms.onAlarm.addListener(() => void work());
chrome.runtime.onInstalled.addListener(() => void begin());
chrome.runtime.onStartup.addListener(() => void begin());
chrome.storage.onChanged.addListener((_changes, area) => {
  if (area === 'managed') void begin();
});
for (const event of [
  chrome.management.onInstalled,
  chrome.management.onUninstalled,
  chrome.management.onEnabled,
  chrome.management.onDisabled,
])
  event.addListener(() => {
    void settings().then((known) => (typeof known === 'string' ? undefined : tellExtensions(known)));
  });
chrome.action.onClicked.addListener(() => void chrome.runtime.openOptionsPage());

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  if (sender.id !== chrome.runtime.id) return undefined;
  // The employee's own page: what is said by pages of the web has another origin.
  if (sender.url?.startsWith(chrome.runtime.getURL('')) === true) {
    void (message === 'send-now' ? endPause().then(work) : Promise.resolve()).then(() => respond(true));
    return true;
  }
  const host = hostOf(sender.url ?? '');
  if (host === undefined) return undefined;
  fromPage(message as FromPage, host, sender.frameId === 0).then(respond, () => respond(undefined));
  return true;
});
