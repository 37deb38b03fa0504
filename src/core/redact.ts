// Keys of AI vendors and of clouds, bearer tokens, passwords and the like. Linear: no nested quantifiers.
const secrets: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:sk|pk|rk|gsk|xai|hf|pplx|r8|nvapi|ghp|gho|ghs|github_pat|xox[abprs]|AKIA|ASIA|AIza|ya29)[-_.]?[A-Za-z0-9_-]{12,}/g,
    '[secret]',
  ],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+/g, '[secret]'],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi, '$1 [secret]'],
  [
    /\b(password|passwd|pwd|secret|token|api[-_]?key|authorization|session(?:id)?|cookie)(["']?\s*[=:]\s*["']?)[^\s"'&,;]{1,4096}/gi,
    '$1$2[secret]',
  ],
  // What people typed, as managed browsers record it, and details that may hold it as JSON in a text.
  [/("(?:keystrokes|details)"\s{0,8}:\s{0,8}")(?:[^"\\]|\\.)*/g, '$1[cut]'],
  [/(\\"keystrokes\\"\s{0,8}:\s{0,8}\\")(?:[^"\\]|\\\\.?)*/g, '$1[cut]'],
  [/(\/\/)[^\s/@"']{1,256}:[^\s/@"']{1,256}@/g, '$1[secret]@'],
];

/** A raw record made fit to be shown and kept: query strings and secrets are taken out, then it is cut to `length` characters. */
export function redact(text: string, length: number): string {
  let out = text
    .slice(0, 16_384)
    .replace(/(\/[^\s"'?<>|,;]{0,4096}|\.[a-z]{2,24})\?[^\s"'<>|,;]{1,8192}/gi, '$1?[cut]');
  for (const [pattern, replacement] of secrets) out = out.replace(pattern, replacement);
  return out.length > length ? `${out.slice(0, length - 1)}…` : out;
}

/**
 * Takes out what names somebody in a raw text whose fields are not known: e-mail addresses, `DOMAIN\\user`, addresses, and
 * every word of `known` (lower case: ids, aliases and names of the people directory).
 */
export function maskPeople(text: string, known: ReadonlySet<string>): string {
  return text
    .replace(/[\w.+'-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}/g, '[user]')
    .replace(/\b[\w.-]{1,64}(?:\\{1,2}|%5c)[\w.$-]{1,64}/gi, '[user]')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '[address]')
    .replace(/\b[0-9a-f]{1,4}(?::{1,2}[0-9a-f]{1,4}){3,7}\b/gi, '[address]')
    .replace(/[\p{L}\p{N}][\p{L}\p{N}._$-]{1,63}/gu, (word) => (known.has(word.toLowerCase()) ? '[user]' : word));
}
