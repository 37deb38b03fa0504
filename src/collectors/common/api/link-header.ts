/** Longest header that is looked at. */
const longest = 65_536;

/**
 * The target of the first link with `rel="next"` of a `Link` header (RFC 8288, section 3), as written; several headers may be joined by
 * commas. Commas, semicolons and brackets in quotes or in the address part nothing. Undefined where there is none.
 */
export function nextLinkOf(header: string | undefined): string | undefined {
  const text = header ?? '';
  if (text.length > longest) return undefined;
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('<', at);
    const close = open < 0 ? -1 : text.indexOf('>', open);
    if (close < 0) return undefined;
    const { parameters, end } = parametersAt(text, close + 1);
    // Of a repeated rel the first counts.
    const rel = parameters.find(([name]) => name === 'rel')?.[1] ?? '';
    if (rel.toLowerCase().split(/\s+/).includes('next')) return text.slice(open + 1, close);
    at = end;
  }
  return undefined;
}

/** `; name=value; name="quoted \" value"` up to the comma that ends the link. */
function parametersAt(text: string, from: number): { parameters: [name: string, value: string][]; end: number } {
  const parameters: [string, string][] = [];
  let [name, value, isValue, quoted] = ['', '', false, false];
  const close = (): void => {
    if (name.trim() !== '') parameters.push([name.trim().toLowerCase(), value.trim()]);
    [name, value, isValue] = ['', '', false];
  };
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (quoted) {
      if (char === '"') quoted = false;
      else value += char === '\\' ? text.charAt(++at) : char;
    } else if (char === ',') break;
    else if (char === ';') close();
    else if (char === '"') quoted = isValue;
    else if (char === '=' && !isValue) isValue = true;
    else if (isValue) value += char;
    else name += char;
  }
  close();
  return { parameters, end: at + 1 };
}
