import type { Catalog, MerchantRule } from '../../catalog/compile.js';

// Card processors and marketplaces that put their own name before the merchant's.
const processors =
  /^(?:PADDLE\.NET|PADDLE|PAYPAL|PYPL|PP|SQ|SP|TST|STRIPE|FS|FASTSPRING|FSPRG\.COM|DRI|2CO\.COM|2CHECKOUT|LEMSQZY|LS|GUMROAD|GUM\.CO|WL|XSOLLA|GOOGLE|EB|IN|CKO|ZLR|SUMUP|IZ|NYX|WPY|BT)(?:\s*\*\s*|\s{1,2}(?=\S))/;
/** Only these write a blank where others write `*`; a bare blank behind others is part of the name. */
const blankProcessors = /^(?:SP|SQ|PP|TST|FS|WL|LS|IN)\s/;
/** Statements cut descriptors at 22 characters (ISO 8583 field 43); some banks at 20 to 25. */
const cutLengths = { from: 20, to: 25 };

/** The words of a merchant text: upper case, processor prefixes and protocol gone, punctuation as word borders. */
export function merchantWords(text: string): string[] {
  let rest = text.toUpperCase().trim().replace(/\s+/g, ' ');
  for (let i = 0; i < 2; i++) {
    const prefix = processors.exec(rest);
    if (prefix === null || prefix[0].length >= rest.length) break;
    if (!prefix[0].includes('*') && !blankProcessors.test(rest)) break;
    rest = rest.slice(prefix[0].length);
  }
  rest = rest.replace(/^(?:HTTPS?:?\/{0,2})?(?:WWW\.)?/, '');
  return rest.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

/** Texts of stores and payment services that hide what was bought, and what they are shown as. */
const stores: readonly (readonly [RegExp, string])[] = [
  [/^(?:APPLE|ITUNES)\.COM ?\/ ?BILL/, 'APPLE.COM/BILL'],
  [/^GOOGLE ?\* ?(?:SERVICES|PLAY|GOOGLE PLAY|GOOGLE STORE)\b/, 'GOOGLE *SERVICES'],
  [/^(?:MICROSOFT|MSFT) ?\* ?STORE\b/, 'MICROSOFT*STORE'],
  [/^(?:PAYPAL|PYPL) ?\*? ?$/, 'PAYPAL *'],
];

/** The store that a text names where it does not say what was bought; undefined for all others. */
export function storeOf(text: string): string | undefined {
  const start = text.slice(0, 60).toUpperCase().trim().replace(/\s+/g, ' ');
  return stores.find(([pattern]) => pattern.test(start))?.[1];
}

/** The answer for one merchant text. */
export type MerchantMatch =
  | { rule: MerchantRule; how: 'full' | 'cut' }
  | { ambiguous: readonly MerchantRule[] }
  | undefined;

/** A descriptor of the catalog, split once. */
export interface Descriptor {
  rule: MerchantRule;
  words: readonly string[];
  /** The words without anything between them. */
  letters: string;
  place: number;
}

interface Descriptors {
  all: readonly Descriptor[];
  /** Those that a text can only begin with if it has the same first word; the order is the catalog's. */
  byWord: ReadonlyMap<string, readonly Descriptor[]>;
  /** Of one word that may go on. */
  open: readonly Descriptor[];
  byLetter: ReadonlyMap<string, readonly Descriptor[]>;
}

// Splitting all descriptors for each payment took two thirds of a scan of 200,000 expenses.
const split = new WeakMap<Catalog, Descriptors>();

function descriptorsOf(catalog: Catalog): Descriptors {
  let found = split.get(catalog);
  if (found === undefined) {
    const all = catalog.merchants.map((rule, place): Descriptor => {
      const words = merchantWords(rule.value);
      return { rule, words, letters: words.join(''), place };
    });
    const open = (item: Descriptor): boolean => item.words.length === 1 && mayGoOn(item.words);
    found = {
      all,
      byWord: grouped(
        all.filter((item) => !open(item)),
        ({ words }) => words[0] ?? '',
      ),
      open: all.filter(open),
      byLetter: grouped(all, ({ letters }) => letters[0] ?? ''),
    };
    split.set(catalog, found);
  }
  return found;
}

function grouped(all: readonly Descriptor[], keyOf: (item: Descriptor) => string): Map<string, Descriptor[]> {
  const groups = new Map<string, Descriptor[]>();
  for (const item of all) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Descriptors that begin with this letter, in the order of the catalog. */
export const descriptorsWith = (letter: string, catalog: Catalog): readonly Descriptor[] =>
  descriptorsOf(catalog).byLetter.get(letter) ?? [];

/**
 * The longest descriptor that begins the text word by word; else, for a text as long as statements are cut, the one
 * descriptor that the text begins. City, phone and reference numbers behind the descriptor do not matter. More than
 * one service, or a descriptor that other firms share, is ambiguous.
 */
export function matchMerchant(text: string, catalog: Catalog): MerchantMatch {
  const words = merchantWords(text);
  const [first] = words;
  if (first === undefined) return undefined;
  const { all, byWord, open } = descriptorsOf(catalog);
  const full = [...(byWord.get(first) ?? []), ...open]
    .filter((item) => beginsWith(words, item.words))
    .sort((a, b) => a.place - b.place);
  const longest = Math.max(0, ...full.map((item) => item.letters.length));
  let found = full.filter((item) => item.letters.length === longest);
  let how: 'full' | 'cut' = 'full';
  const length = text.trim().length;
  // `OPENAI *CHATGPT SUBSC` says more than the ambiguous `OPENAI` that it begins with.
  if (found.every((item) => item.rule.ambiguous) && length >= cutLengths.from && length <= cutLengths.to) {
    const cut = all.filter((item) => isCutOf(words, item.words));
    if (cut.length > 0) [found, how] = [cut, 'cut'];
  }
  const [rule, ...others] = found.map((item) => item.rule);
  if (rule === undefined) return undefined;
  return rule.ambiguous || others.some((other) => other.service.id !== rule.service.id)
    ? { ambiguous: [rule, ...others] }
    : { rule, how };
}

/** A descriptor of statement length is itself cut: its last word may go on. */
const mayGoOn = (descriptor: readonly string[]): boolean => descriptor.join(' ').length >= cutLengths.from - 2;

function beginsWith(words: readonly string[], descriptor: readonly string[]): boolean {
  if (descriptor.length === 0 || words.length < descriptor.length) return false;
  return descriptor.every(
    (word, i) =>
      words[i] === word || (i === descriptor.length - 1 && (words[i] ?? '').startsWith(word) && mayGoOn(descriptor)),
  );
}

function isCutOf(words: readonly string[], descriptor: readonly string[]): boolean {
  if (words.length > descriptor.length) return false;
  return (
    words.every((word, i) =>
      i === words.length - 1 ? (descriptor[i] ?? '').startsWith(word) : descriptor[i] === word,
    ) && words.join('').length >= 8
  );
}
