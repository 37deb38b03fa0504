import { readSettings } from './settings.js';
import type { Sent, State } from './state.js';

// "What was sent": the employee sees exactly the bytes that left the browser, what waits, and who gets it.

const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  className = '',
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
};
const place = (id: string): HTMLElement => document.getElementById(id) ?? document.body;
const time = (at: number): HTMLTimeElement => {
  const made = element('time', new Date(at).toLocaleString());
  made.dateTime = new Date(at).toISOString();
  return made;
};

const results: Record<number, string> = { 201: 'taken', 202: 'taken' };

function entryOf({ at, what, body, status }: Sent): HTMLElement {
  const entry = element('details');
  const summary = element('summary');
  const events = what === 'batch' ? countOf(body) : 0;
  const name = what === 'enrolment' ? 'Enrolment' : `${events} ${events === 1 ? 'event' : 'events'}`;
  summary.append(time(at), ` · ${name} · ${results[status] ?? `refused (${status})`} · ${body.length} bytes`);
  const bytes = element('pre', body, 'body');
  bytes.tabIndex = 0;
  entry.append(summary, bytes);
  return entry;
}

function countOf(body: string): number {
  try {
    return (JSON.parse(body) as { events: unknown[] }).events.length;
  } catch {
    return 0;
  }
}

async function show(): Promise<void> {
  const policy = await chrome.storage.managed.get(null).catch(() => ({}));
  const settings = readSettings(policy);
  const state = (await chrome.storage.local.get(null)) as Partial<State>;
  const to = place('to');
  to.replaceChildren();
  if (typeof settings === 'string') to.append(element('p', settings));
  else {
    const rows: [string, string][] = [
      ['Goes to', settings.server],
      ['As user', settings.user ?? 'nobody: no user is named'],
      [
        'As machine',
        settings.device ?? (state.device === undefined ? 'not enrolled yet' : `browser-${state.device.id}`),
      ],
      ['Sent every', `${settings.every} minutes, and after 50 events`],
    ];
    const list = element('dl');
    for (const [name, value] of rows) list.append(element('dt', name), element('dd', value));
    to.append(list);
  }
  const pause = state.device?.refusedAt === undefined ? state.pause : undefined;
  const trouble =
    state.device?.refusedAt !== undefined
      ? 'The server does not take this browser any more. Nothing is sent until it is enrolled anew.'
      : pause === undefined || pause.until < Date.now()
        ? ''
        : `${pause.why} Tried again at ${new Date(pause.until).toLocaleTimeString()}.`;
  place('trouble').textContent = trouble;

  const sent = state.sent ?? [];
  place('sent').replaceChildren(
    ...(sent.length === 0 ? [element('p', 'Nothing in the last seven days.')] : sent.map(entryOf)),
  );

  const waiting = place('waiting');
  const events = state.waiting?.events ?? [];
  const parts: HTMLElement[] = [];
  if (state.outgoing !== undefined)
    parts.push(
      element('p', 'On its way, and sent again until the server has it:'),
      element('pre', state.outgoing.body, 'body'),
    );
  if (events.length > 0) parts.push(element('pre', JSON.stringify(events, null, 2), 'events'));
  if ((state.waiting?.lost ?? 0) > 0)
    parts.push(element('p', `${state.waiting?.lost} older events were given up, because more than 2,000 waited.`));
  for (const part of parts) if (part.tagName === 'PRE') part.tabIndex = 0;
  waiting.replaceChildren(...(parts.length === 0 ? [element('p', 'Nothing waits.')] : parts));
}

const button = place('send');
button.addEventListener('click', () => {
  button.setAttribute('aria-busy', 'true');
  void chrome.runtime
    .sendMessage('send-now')
    .then(show, show)
    .finally(() => button.removeAttribute('aria-busy'));
});
chrome.storage.onChanged.addListener(() => void show());
void show();
