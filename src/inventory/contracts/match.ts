import type { Service } from '../../catalog/schema.js';
import type { Contract, MatchedContract } from '../../core/contract.js';

/** What is needed of a service of the catalog. */
export type ContractService = Pick<Service, 'id' | 'name' | 'vendor'>;

/** Forms of companies, folded away at the end of a name: `OpenAI, L.L.C.` is `openai`. */
const legalForms = new Set(
  'inc incorporated llc ltd limited corp corporation co company pbc lp llp plc gmbh ag ug se kg sa sas sarl srl spa bv nv oy ab as aps pty pte kk holdings holding group international ireland europe emea usa us uk deutschland germany'.split(
    ' ',
  ),
);

/** Words of a name: lower case, without accents, dots inside abbreviations and forms of companies at the end. */
function wordsOf(name: string): string[] {
  const words = name
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\b(?:\p{L}\.){2,6}/gu, (text) => text.replaceAll('.', ''))
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}.]+/u)
    .map((word) => word.replace(/^\.+|\.+$/g, ''))
    .filter((word) => word !== '');
  while (words.length > 1 && legalForms.has(words.at(-1) ?? '')) words.pop();
  return words;
}

const key = (name: string): string => wordsOf(name).join(' ');

/**
 * A name that is no plain word: it may be looked for inside of the name of a contract. Two words, or capitals within (`ChatGPT`,
 * `DeepL`), never `Claude` or `Cursor`.
 */
const isTelling = (name: string): boolean => wordsOf(name).length > 1 || /\p{Ll}\p{Lu}|\p{Lu}{2}/u.test(name);

/**
 * Which services a contract may be for. The whole name of the vendor must be that of the vendor or of the service, or its domain: words
 * in common are not enough. A vendor has services of many kinds: where the contract names one of them it is for that one, else for
 * the vendor, and what is said of it says so. Without the vendor (a reseller) only names that are no plain words count.
 */
export function contractMatcher(services: Iterable<ContractService>): (contract: Contract) => MatchedContract {
  const byVendor = new Map<string, ContractService[]>();
  const telling: { service: ContractService; name: string }[] = [];
  const add = (name: string, service: ContractService): void => {
    if (name === '') return;
    const list = byVendor.get(name);
    if (list === undefined) byVendor.set(name, [service]);
    else if (!list.includes(service)) list.push(service);
  };
  const byName = new Map<string, ContractService[]>();
  for (const service of services) {
    add(key(service.vendor.name), service);
    add(key(service.vendor.legal ?? ''), service);
    add(domainOf(service.vendor.site), service);
    byName.set(key(service.name), [...(byName.get(key(service.name)) ?? []), service]);
    if (isTelling(service.name)) telling.push({ service, name: ` ${key(service.name)} ` });
  }
  return (contract) => {
    const vendor = key(contract.vendor);
    const text = ` ${key(contract.vendor)} ${wordsOf(contract.name).join(' ')} `;
    const named = byName.get(vendor) ?? [];
    const ofVendor = byVendor.get(vendor) ?? [];
    const products = [
      ...named,
      ...ofVendor.filter((service) => ` ${wordsOf(contract.name).join(' ')} `.includes(` ${key(service.name)} `)),
      ...(ofVendor.length > 0 ? [] : telling.filter(({ name }) => text.includes(name)).map(({ service }) => service)),
    ];
    const list = products.length > 0 ? longest(products) : ofVendor;
    const by = products.length > 0 ? ('product' as const) : ('vendor' as const);
    return { ...contract, services: [...new Set(list.map(({ id }) => id))].sort().map((id) => ({ id, by })) };
  };
}

/** `openai.com` of `https://www.openai.com/about`. */
const domainOf = (site: string | undefined): string =>
  /^https?:\/\/(?:www\.)?([^/:]{1,200})/.exec(site ?? '')?.[1]?.toLowerCase() ?? '';

/** `ChatGPT Enterprise` names `ChatGPT` too, where both are services: the longer name is meant. */
function longest(services: readonly ContractService[]): ContractService[] {
  return services.filter(
    (service) =>
      !services.some(
        (other) => key(other.name) !== key(service.name) && ` ${key(other.name)} `.includes(` ${key(service.name)} `),
      ),
  );
}
