import { type DefaultTreeAdapterTypes, parse } from 'parse5';

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}]/u;

/** The text of a page and of its titles; throws where it does not parse, or holds what nobody can see. */
export function readHtml(bytes: Uint8Array | undefined): string {
  const source = Buffer.from(bytes ?? []).toString('utf8');
  const errors: string[] = [];
  const page = parse(source, { onParseError: (error) => errors.push(`${error.code} on line ${error.startLine}`) });
  if (errors.length > 0) throw new Error(errors.join(', '));
  if (unseen.test(source.replaceAll('\n', ''))) throw new Error('The page holds characters that nobody sees.');
  const text = (node: DefaultTreeAdapterTypes.Node): string => {
    if ('value' in node) return node.value;
    if (node.nodeName === 'style') return '';
    return 'childNodes' in node ? node.childNodes.map(text).join('\n') : '';
  };
  return text(page);
}

// Attributes of which the value is text for readers.
const spoken = new Set(['aria-label', 'title']);

/** Elements with their attributes and comments, in the order of the page. */
export function skeletonOf(bytes: Uint8Array | undefined): string[] {
  const lines: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if (node.nodeName === '#comment') lines.push('comment');
    if ('tagName' in node)
      lines.push(
        `${node.tagName} ${node.attrs.map(({ name, value }) => (spoken.has(name) ? name : `${name}=${value}`)).join(' ')}`,
      );
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(Buffer.from(bytes ?? []).toString('utf8')));
  return lines;
}
