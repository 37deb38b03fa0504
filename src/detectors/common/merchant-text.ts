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

/**
 * The longest descriptor that begins the text word by word; else, for a text as long as statements are cut, the one
 * descriptor that the text begins. City, phone and reference numbers behind the descriptor do not matter. More than
 * one service, or a descriptor that other firms share, is ambiguous.
 */
export function matchMerchant(text: string, catalog: Catalog): MerchantMatch {
  const words = merchantWords(text);
  if (words.length === 0) return undefined;
  const full = catalog.merchants.filter((rule) => beginsWith(words, merchantWords(rule.value)));
  const longest = Math.max(0, ...full.map((rule) => merchantWords(rule.value).join('').length));
  let rules = full.filter((rule) => merchantWords(rule.value).join('').length === longest);
  let how: 'full' | 'cut' = 'full';
  const length = text.trim().length;
  // `OPENAI *CHATGPT SUBSC` says more than the ambiguous `OPENAI` that it begins with.
  if (rules.every((rule) => rule.ambiguous) && length >= cutLengths.from && length <= cutLengths.to) {
    const cut = catalog.merchants.filter((rule) => isCutOf(words, merchantWords(rule.value)));
    if (cut.length > 0) [rules, how] = [cut, 'cut'];
  }
  const [rule] = rules;
  if (rule === undefined) return undefined;
  const services = new Set(rules.map((item) => item.service.id));
  return services.size > 1 || rule.ambiguous ? { ambiguous: rules } : { rule, how };
}

function beginsWith(words: readonly string[], descriptor: readonly string[]): boolean {
  if (descriptor.length === 0 || words.length < descriptor.length) return false;
  // A descriptor of statement length is itself cut: its last word may go on.
  const mayGoOn = descriptor.join(' ').length >= cutLengths.from - 2;
  return descriptor.every(
    (word, i) => words[i] === word || (mayGoOn && i === descriptor.length - 1 && (words[i] ?? '').startsWith(word)),
  );
}

function isCutOf(words: readonly string[], descriptor: readonly string[]): boolean {
  if (words.length > descriptor.length || words.join('').length < 8) return false;
  return words.every((word, i) =>
    i === words.length - 1 ? (descriptor[i] ?? '').startsWith(word) : descriptor[i] === word,
  );
}
