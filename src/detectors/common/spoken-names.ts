import type { Catalog } from '../../catalog/compile.js';
import type { Service } from '../../catalog/schema.js';

/** What people call services beside their names, compact: letters and digits only. A name that may mean several is left out. */
const spoken: Readonly<Record<string, string>> = {
  gpt: 'chatgpt',
  gpt3: 'chatgpt',
  gpt4: 'chatgpt',
  gpt4o: 'chatgpt',
  gpt5: 'chatgpt',
  openaichatgpt: 'chatgpt',
  bard: 'gemini',
  googlebard: 'gemini',
  bingchat: 'microsoft-copilot',
  ghcopilot: 'github-copilot',
  copilotgithub: 'github-copilot',
  m365copilot: 'microsoft-365-copilot',
  office365copilot: 'microsoft-365-copilot',
  copilotm365: 'microsoft-365-copilot',
  copilotformicrosoft365: 'microsoft-365-copilot',
};

/** Words behind a name that say the plan or the form of the same service. */
const behind =
  /\s+(?:plus|pro|premium|free|basic|team|teams|enterprise|business|edu|max|app|web|desktop|online|website|chat|ai|translator|\(?(?:free|paid|web|work|private|personal|free version|paid version)\)?|v?\d+(?:\.\d+)?[a-z]?)$/i;

/** Shorter names are too near to other words for a guess at a slip of the finger. */
const longName = 7;

const compact = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

interface Names {
  /** Services by compact name; null: several have it. */
  exact: ReadonlyMap<string, Service | null>;
  /** Names that long guesses may mean, by their length. */
  long: ReadonlyMap<number, readonly string[]>;
}

const known = new WeakMap<Catalog, Names>();

function namesOf(catalog: Catalog): Names {
  const found = known.get(catalog);
  if (found !== undefined) return found;
  const exact = new Map<string, Service | null>();
  const add = (name: string, service: Service, own: boolean): void => {
    const key = compact(name);
    const before = exact.get(key);
    if (key.length < 3 || before === service) return;
    // A service's own name is surer than what others call theirs.
    if (before === undefined) exact.set(key, service);
    else if (!own) exact.set(key, before?.name !== undefined && compact(before.name) === key ? before : null);
    else exact.set(key, null);
  };
  const services = [...catalog.services.values()].filter((service) => !service.embedded);
  for (const service of services) add(service.name, service, true);
  for (const service of services) {
    if (!compact(service.name).startsWith(compact(service.vendor.name)))
      add(`${service.vendor.name} ${service.name}`, service, false);
    for (const { name } of service.oauth_apps) if (name !== undefined) add(name, service, false);
    for (const name of service.saml_apps) add(name, service, false);
  }
  for (const [name, id] of Object.entries(spoken)) {
    const service = catalog.services.get(id);
    if (service !== undefined && !exact.has(name)) exact.set(name, service);
  }
  const long = new Map<number, string[]>();
  for (const [name, service] of exact)
    if (service !== null && name.length >= longName) long.set(name.length, [...(long.get(name.length) ?? []), name]);
  const names = { exact, long };
  known.set(catalog, names);
  return names;
}

/** One letter more, less or other, or two neighbours exchanged. */
export function oneSlip(a: string, b: string): boolean {
  if (a === b) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  if (short.slice(at + 1) === long.slice(at + 1)) return true;
  return short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2);
}

/** A service that a text names, and how. */
export interface Spoken {
  service: Service;
  how: 'name' | 'slip' | 'sentence';
}

/**
 * The services that somebody means who writes this in answer to the question which tools they use: the name as a whole, without regard
 * to blanks, case and plan; one slip in a long name, where it can mean one service only; long names inside a sentence.
 */
export function spokenServices(text: string, catalog: Catalog): Spoken[] {
  const { exact, long } = namesOf(catalog);
  let rest = text.trim().slice(0, 500);
  for (let round = 0; round < 3; round++) {
    const service = exact.get(compact(rest));
    if (service !== undefined) return service === null ? [] : [{ service, how: 'name' }];
    const less = rest.replace(behind, '');
    if (less === rest) break;
    rest = less;
  }
  const key = compact(rest);
  if (key.length >= longName && key.length <= 40) {
    const near = [key.length - 1, key.length, key.length + 1]
      .flatMap((length) => long.get(length) ?? [])
      .filter((name) => oneSlip(key, name));
    const meant = new Set(near.map((name) => exact.get(name)));
    const [service] = meant;
    if (meant.size === 1 && service != null) return [{ service, how: 'slip' }];
  }
  const words = rest.split(/[^\p{L}\p{N}.+-]+/u).filter((word) => word !== '');
  if (words.length < 3) return [];
  const found = new Map<string, Spoken>();
  for (const [at] of words.entries())
    for (let length = 1; length <= 3; length++) {
      const name = compact(words.slice(at, at + length).join(' '));
      const service = name.length >= longName ? exact.get(name) : undefined;
      if (service != null) found.set(service.id, { service, how: 'sentence' });
    }
  return [...found.values()];
}
