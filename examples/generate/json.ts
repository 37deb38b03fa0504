const width = 120;

/** JSON for people to read and compare: lists of plain values on one line where they fit, everything else one value a line. */
export function printJson(value: unknown, indent = '', key = ''): string {
  const begin = `${indent}${key}`;
  if (typeof value !== 'object' || value === null) return begin + JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const short = `${begin}[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
    const plain = items.every((item) => typeof item !== 'object' || item === null);
    // A comma may follow.
    if (plain && short.length < width) return short;
    return `${begin}[\n${items.map((item) => printJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  const pairs = Object.entries(value).map(([name, item]) => printJson(item, inner, `${JSON.stringify(name)}: `));
  return pairs.length === 0 ? `${begin}{}` : `${begin}{\n${pairs.join(',\n')}\n${indent}}`;
}
