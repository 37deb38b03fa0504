/**
 * Patterns of files as in .gitignore: `*` and `?` stay within a name, `**` stands for folders, `[a-z]` for one character; a pattern
 * with a `/` before its end is anchored at the folder that it belongs to, others fit at any depth; a `/` at the end means folders only;
 * `!` in front takes back. Matched by hand, so that no pattern makes matching take longer than its length times that of the name.
 */
export interface Glob {
  /** Between the slashes; `**` by itself stands for any number of folders. */
  parts: readonly string[];
  foldersOnly: boolean;
  negated: boolean;
}

const longest = 1000;

/** Undefined for blank lines, comments, and what is longer than 1,000 characters. */
export function parseGlob(line: string): Glob | undefined {
  let text = line.replace(/\r$/, '');
  // Blanks at the end do not count, unless escaped.
  while (/[ \t]$/.test(text) && !text.endsWith('\\ ')) text = text.slice(0, -1);
  if (text === '' || text.startsWith('#') || text.length > longest) return undefined;
  const negated = text.startsWith('!');
  if (negated) text = text.slice(1);
  const foldersOnly = text.endsWith('/');
  if (foldersOnly) text = text.slice(0, -1);
  const anchored = text.includes('/');
  const parts = text.split('/').filter((part, i, all) => part !== '' && !(part === '**' && all[i - 1] === '**'));
  if (parts.length === 0) return undefined;
  return { parts: anchored ? parts : ['**', ...parts], foldersOnly, negated };
}

/** Whether the pattern fits the path as a whole. `path`: parts, from the folder that the pattern belongs to. */
export function fits(glob: Glob, path: readonly string[], folder: boolean): boolean {
  if (glob.foldersOnly && !folder) return false;
  // Most patterns are one name at any depth.
  if (glob.parts.length === 2 && glob.parts[0] === '**') return nameFits(glob.parts[1] ?? '', path.at(-1) ?? '');
  // A trailing `**` fits what is inside, not the folder itself.
  if (glob.parts.at(-1) === '**' && path.length < glob.parts.length) return false;
  return wildcard(
    glob.parts.length,
    path.length,
    (p) => glob.parts[p] === '**',
    (p, t) => nameFits(glob.parts[p] ?? '', path[t] ?? ''),
  );
}

/** One name against one part of a pattern. */
function nameFits(pattern: string, name: string): boolean {
  if (!/[*?[\\]/.test(pattern)) return pattern === name;
  const items = compile(pattern);
  return wildcard(
    items.length,
    name.length,
    (p) => items[p] === '*',
    (p, t) => {
      const item = items[p];
      return typeof item === 'string' ? item === '?' || item.slice(1) === name[t] : item?.(name.charCodeAt(t)) === true;
    },
  );
}

type Item = string | ((code: number) => boolean);
const compiled = new Map<string, readonly Item[]>();

/** `*`, `?`, a character as `=x`, or a set. */
function compile(pattern: string): readonly Item[] {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const items: Item[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const close = char === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (close > 0) {
      items.push(set(pattern.slice(at + 1, close)));
      at = close;
    } else if (char === '*') {
      if (items.at(-1) !== '*') items.push('*');
    } else if (char === '?') items.push('?');
    else if (char === '\\' && at + 1 < pattern.length) items.push(`=${pattern[++at]}`);
    else items.push(`=${char}`);
  }
  if (compiled.size < 10_000) compiled.set(pattern, items);
  return items;
}

/** `a-z0`, `!a-z`. */
function set(text: string): (code: number) => boolean {
  const negated = /^[!^]/.test(text);
  const body = negated ? text.slice(1) : text;
  const ranges: [number, number][] = [];
  for (let at = 0; at < body.length; at++) {
    const low = body.charCodeAt(at);
    const range = body[at + 1] === '-' && at + 2 < body.length;
    ranges.push([low, range ? body.charCodeAt(at + 2) : low]);
    if (range) at += 2;
  }
  return (code) => ranges.some(([low, high]) => code >= low && code <= high) !== negated;
}

/**
 * Matches a sequence with stars against another: where an item does not fit, the last star takes one more. A star never has to be
 * thought over again once a later one was reached, so the cost is at most the product of both lengths.
 */
function wildcard(
  patternLength: number,
  textLength: number,
  isStar: (p: number) => boolean,
  same: (p: number, t: number) => boolean,
): boolean {
  let [p, t, star, from] = [0, 0, -1, 0];
  while (t < textLength) {
    if (p < patternLength && isStar(p)) [star, from, p] = [p, t, p + 1];
    else if (p < patternLength && same(p, t)) {
      p++;
      t++;
    } else if (star >= 0) [p, t, from] = [star + 1, from + 1, from + 1];
    else return false;
  }
  while (p < patternLength && isStar(p)) p++;
  return p === patternLength;
}
