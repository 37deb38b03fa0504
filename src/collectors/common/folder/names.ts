import { isUtf8 } from 'node:buffer';

/**
 * A path below the folder as text that a database can hold. Names that are no UTF-8 (old shares, hostile files) become
 * `//` and Base64: no path below a folder begins with a slash.
 */
export const encodePath = (path: Buffer): string =>
  isUtf8(path) ? path.toString('utf8') : `//${path.toString('base64')}`;

/** The bytes of an encoded path. */
export const decodePath = (text: string): Buffer =>
  text.startsWith('//') ? Buffer.from(text.slice(2), 'base64') : Buffer.from(text, 'utf8');

/** For people; what is no text becomes U+FFFD. */
export const showPath = (text: string): string => decodePath(text).toString('utf8');

/** `*` and `?`, matched in linear time for each star: no regular expression is made of what somebody wrote. */
export function fits(text: string, pattern: string): boolean {
  let [t, p] = [0, 0];
  let [star, mark] = [-1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** A pattern with a slash is about the path below the folder, one without about the name. */
export const fitsAny = (path: string, patterns: readonly string[]): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return patterns.some((pattern) => fits(pattern.includes('/') ? path : name, pattern));
};

/** Hidden files, and those that their writers name as unfinished. */
export const isUnfinishedName = (name: string): boolean => /^(?:\.|~\$)/.test(name) || /\.(?:tmp|part)$/i.test(name);
