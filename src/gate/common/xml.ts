import { Unreadable } from './file.js';

/** What is told of an element when it ends: its attributes and the text directly inside. */
export interface Element {
  /** Local name without prefix. */
  name: string;
  attributes: ReadonlyMap<string, string>;
  text: string;
  /** Names of the elements around it, outermost first. Do not keep: it changes. */
  path: readonly string[];
  /** Where its tag begins. */
  offset: number;
}

const deepest = 200;
const tagName = /<(\/?)([A-Za-z_][\w.:-]{0,127})/y;
const attribute = /([\w.:-]{1,128})\s{0,100}=\s{0,100}(?:"([^"]{0,10000})"|'([^']{0,10000})')/g;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Gives every element of a project file when it ends. No document type is read and no entity but the five of XML is replaced, so a file
 * cannot grow by being read or name another one.
 * @throws Unreadable where tags do not close, or are nested deeper than 200.
 */
export function walkXml(text: string, give: (element: Element) => void): void {
  const open: { name: string; attributes: Map<string, string>; text: string; offset: number }[] = [];
  const path: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    const parent = open.at(-1);
    if (parent !== undefined && parent.text.length < 1000)
      parent.text += unescaped(text.slice(at, start < 0 ? text.length : start).slice(0, 1000));
    if (start < 0) break;
    const special = specialEnd(text, start);
    if (special > 0) {
      if (text.startsWith('<![CDATA[', start) && parent !== undefined)
        parent.text += text.slice(start + 9, special - 3).slice(0, 1000);
      at = special;
      continue;
    }
    tagName.lastIndex = start;
    const match = tagName.exec(text);
    if (match === null) throw new Unreadable('has a "<" that begins no tag', start);
    const inside = start + match[0].length;
    const end = tagEnd(text, inside);
    at = end + 1;
    const name = (match[2] ?? '').replace(/^.*:/, '');
    if (match[1] === '/') {
      const element = open.pop();
      path.pop();
      if (element === undefined || element.name !== name)
        throw new Unreadable(`has </${name}> without its begin`, start);
      give({ ...element, text: element.text.trim(), path });
      continue;
    }
    const element = { name, attributes: attributesOf(text.slice(inside, end)), text: '', offset: start };
    if (text[end - 1] === '/') give({ ...element, path });
    else {
      if (open.length >= deepest) throw new Unreadable(`is nested deeper than ${deepest}`, start);
      open.push(element);
      path.push(name);
    }
  }
  const left = open.at(-1);
  if (left !== undefined) throw new Unreadable(`has <${left.name}> without its end`, left.offset);
}

/** The place behind a comment, CDATA, an instruction or a document type; 0 for a tag. */
function specialEnd(text: string, at: number): number {
  const past = (mark: string): number => {
    const end = text.indexOf(mark, at);
    return end < 0 ? text.length : end + mark.length;
  };
  if (text.startsWith('<!--', at)) return past('-->');
  if (text.startsWith('<![CDATA[', at)) return past(']]>');
  if (text.startsWith('<?', at)) return past('?>');
  if (!text.startsWith('<!', at)) return 0;
  const [inner, end] = [text.indexOf('[', at), text.indexOf('>', at)];
  return inner >= 0 && inner < end ? past(']>') : past('>');
}

/** The place of the `>` that ends a tag; one in quotes does not. */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at;
  }
  throw new Unreadable('has a tag without its end', from);
}

function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of text.matchAll(attribute))
    found.set((match[1] ?? '').replace(/^.*:/, ''), unescaped(match[2] ?? match[3] ?? ''));
  return found;
}

const unescaped = (text: string): string =>
  text.includes('&') ? text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => entities[name] ?? '') : text;
