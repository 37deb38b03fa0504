/**
 * `key=value key="quoted value"` as firewalls write it. Inside quotes `\"` and `\\` are escapes, so a value cannot
 * smuggle in another field; of a repeated key the first value wins. Keys are kept as written. Unquoted values end at a blank.
 * `single`: values may stand in single quotes too, without escapes; then the quote that ends one stands before a blank or the end.
 */
export function parseKeyValues(text: string, single = false): Map<string, string> {
  const pairs = new Map<string, string>();
  const key = /[^\s="]+/y;
  let at = 0;
  while (at < text.length) {
    key.lastIndex = at;
    const name = key.exec(text)?.[0];
    if (name === undefined || text[key.lastIndex] !== '=') {
      at = name === undefined ? at + 1 : key.lastIndex;
      continue;
    }
    at = key.lastIndex + 1;
    let value: string;
    if (text[at] === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      value = text.slice(at + 1, end).replace(/\\(["\\])/g, '$1');
      at = end + 1;
    } else if (single && text[at] === "'") {
      let end = text.indexOf("'", at + 1);
      while (end >= 0 && end + 1 < text.length && text[end + 1] !== ' ') end = text.indexOf("'", end + 1);
      if (end < 0) end = text.length;
      value = text.slice(at + 1, end);
      at = end + 1;
    } else {
      let end = at;
      while (end < text.length && text[end] !== ' ' && text[end] !== '\t') end++;
      value = text.slice(at, end);
      at = end;
    }
    if (!pairs.has(name)) pairs.set(name, value);
  }
  return pairs;
}
