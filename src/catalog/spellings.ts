import type { Catalog } from './compile.js';
import { matchInput } from './compile.js';
import type { Service } from './schema.js';

/** The ways in which logs write one host, all of which must name the same service. */
export const spellings: Readonly<Record<string, (host: string) => string>> = {
  'upper case': (host) => host.toUpperCase(),
  'root dot': (host) => `${host}.`,
  port: (host) => `${host}:443`,
  URL: (host) => `https://${host}/`,
  'path and query': (host) => `https://${host}/?c=d#e`,
  'no scheme': (host) => `//${host}/`,
  'user information': (host) => `https://user:secret@${host}/`,
  'percent signs': (host) => host.replaceAll('.', '%2E'),
  'full-width letters': (host) =>
    [...host]
      .map((char) => (char === '.' ? '\u3002' : String.fromCodePoint((char.codePointAt(0) ?? 0) + 0xfee0)))
      .join(''),
};

/**
 * Asks for each host among the examples that must hit in every spelling: it must say what the plain host says.
 * @returns how many were asked, and those that say something else, at most `most` by name
 */
export function checkSpellings(
  catalog: Catalog,
  services: Iterable<Service>,
  most = 20,
): { asked: number; wrong: number; examples: { service: Service; field: string; input: string }[] } {
  let [asked, wrong] = [0, 0];
  const examples: { service: Service; field: string; input: string }[] = [];
  for (const service of services) {
    for (const [i, example] of service.examples.hit.entries()) {
      // URLs, and examples of other kinds.
      if (!/^[a-z0-9.-]+$/.test(example)) continue;
      const plain = answer(catalog, example);
      for (const spell of Object.values(spellings)) {
        asked += 1;
        const input = spell(example);
        if (answer(catalog, input) === plain) continue;
        wrong += 1;
        if (examples.length < most) examples.push({ service, field: `examples.hit.${i}`, input });
      }
    }
  }
  return { asked, wrong, examples };
}

const answer = (catalog: Catalog, input: string): string => {
  const match = matchInput(catalog, input);
  return 'error' in match ? 'error' : `${match.service ?? ''} ${'weak' in match ? match.weak : ''}`;
};
