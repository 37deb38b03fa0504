/*
 * The one way to markup: the tag `html`. Every value put into a template is escaped, unless it is `Markup`, which only `html`,
 * `css` and `each` can make: its constructor is private and its text is held in a private field, so nothing read from a file can pose as it.
 * The static parts of a template are checked once: a value may stand only between tags or inside a double-quoted attribute, and never
 * in an attribute that runs, loads or leads elsewhere. That makes the mistake impossible instead of unlikely.
 */

/** Makes markup of any text; set by the class, so that nothing outside of this file has it. */
let make: (text: string) => Markup;

/** Markup that is safe to show. */
export class Markup {
  readonly #text: string;
  private constructor(text: string) {
    this.#text = text;
  }
  static {
    make = (text) => new Markup(text);
  }
  toString(): string {
    return this.#text;
  }
  /** Whether there is nothing to show. */
  get empty(): boolean {
    return this.#text === '';
  }
}

/** What a template takes. Nothing is shown for null and undefined. */
export type Value = string | number | Markup | readonly Markup[] | null | undefined;

type Place = 'text' | 'attribute' | 'style';
const checked = new WeakMap<TemplateStringsArray, readonly Place[]>();

/** Markup from a template; every value is escaped for its place. Throws where the template itself is unsafe. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let places = checked.get(strings);
  if (places === undefined) {
    places = placesOf(strings);
    checked.set(strings, places);
  }
  let text = strings[0] ?? '';
  for (let i = 0; i < values.length; i++) text += shown(values[i], places[i] ?? 'attribute') + (strings[i + 1] ?? '');
  return make(text);
}

/** A style sheet, which is static text: it takes no values. */
export function css(strings: TemplateStringsArray): Markup {
  const [text = ''] = strings;
  if (strings.length > 1 || text.includes('</')) throw new Error('A style sheet is static text without markup.');
  return make(text);
}

/** Markup for each item; `between` stands between two. */
export function each<T>(items: Iterable<T>, show: (item: T, index: number) => Markup, between = ''): Markup {
  return make([...items].map((item, i) => show(item, i).toString()).join(escapeText(between)));
}

export const nothing: Markup = html``;

function shown(value: Value, place: Place): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Markup) {
    if (place === 'attribute') throw new Error('Markup stands in an attribute of a template.');
    return value.toString();
  }
  if (typeof value === 'object') return value.map((item) => shown(item, place)).join('');
  if (place === 'style') throw new Error('A style sheet is made with the tag css.');
  return typeof value === 'number' ? String(value) : escapeText(value);
}

// What a reader cannot see or what turns text around: controls, format and bidirectional characters, lone surrogates, separators of lines,
// everything without a glyph of its own (zero-width, fillers, tag characters), and what is no character.
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const special = /[&<>"'`]/g;

/** Text with control, bidirectional and invisible characters shown as `\u{1b}`, as on a terminal. */
export const visible = (text: string): string =>
  text.replace(invisible, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

const escapeText = (text: string): string => visible(text).replace(special, (char) => `&#${char.charCodeAt(0)};`);

// Attributes in which a value could run or load something, or lead somewhere.
const forbidden = /^(on.*|style|src|srcset|srcdoc|href|xlink:href|action|formaction|data|content|http-equiv)$/;

/** Where each value of a template stands. */
function placesOf(strings: readonly string[]): Place[] {
  if (/<script|<!--/i.test(strings.join(''))) throw new Error('A template has a script or a comment.');
  const places: Place[] = [];
  let rest = '';
  for (const part of strings.slice(0, -1)) {
    rest += part;
    if (/<style/i.test(rest) && !rest.endsWith('<style>'))
      throw new Error('A template has a value inside of a style sheet.');
    // A tag still open: `<td class="` may take a value, `<td class=` and `<td ` may not.
    const tag = /<[^<>]*$/.exec(rest)?.[0];
    if (tag === undefined) {
      places.push(rest.endsWith('<style>') ? 'style' : 'text');
      rest = '';
      continue;
    }
    const [, name = '', before = ''] = /\s([\w:-]+)="([^"]*)$/.exec(tag) ?? [];
    if (name === '' || tag.split('"').length % 2 === 1)
      throw new Error(`A template has a value outside of quotes: ${tag}`);
    if (forbidden.test(name) && !(name === 'href' && before.startsWith('#')))
      throw new Error(`A template has a value in the attribute ${name}.`);
    places.push('attribute');
    // Values cannot end the attribute, so any plain text stands for them.
    rest = `${tag}x`;
  }
  return places;
}
