/** A time in brackets is one field though it holds a blank. */
const bracketed = /\[\d{1,2}\/\w{2,3}\/\d{4}:[\d:]{8} ?[^\]\s]{0,8}\]/y;

/** Fields between tabs, or between runs of blanks; quoted ones may hold blanks, and quotes as `""`. */
export function splitFields(text: string, tabbed: boolean): string[] {
  if (tabbed)
    return text.split('\t').map((field) =>
      field
        .trim()
        .replace(/^"(.*)"$/s, '$1')
        .replaceAll('""', '"'),
    );
  const fields: string[] = [];
  let closable = true;
  let at = 0;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (at >= text.length) return fields;
    if (text[at] === '"' && closable) {
      const end = closingQuote(text, at);
      if (end !== undefined) {
        fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
        at = end + 1;
        continue;
      }
      closable = false; // no later quote closes either
    }
    bracketed.lastIndex = at;
    const stamp = text[at] === '[' ? bracketed.exec(text)?.[0] : undefined;
    let end = at + (stamp?.length ?? 0);
    while (end < text.length && text[end] !== ' ' && text[end] !== '\t') end++;
    fields.push(text.slice(at, end));
    at = end;
  }
}

/** The quote that a blank or the end follows; a quote before any other character is text. */
function closingQuote(text: string, open: number): number | undefined {
  for (let end = text.indexOf('"', open + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    const next = text[end + 1];
    if (next === undefined || next === ' ' || next === '\t') return end;
    if (next === '"') end++;
  }
  return undefined;
}
