// Control characters (C0 without newline and tab, DEL, C1), bidirectional controls, zero-width and tag characters, line separators.
const dangerous =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Text made safe for a terminal: control, bidirectional and invisible characters are shown as `\u{1b}`. Newline and tab stay. */
export function safeText(text: string): string {
  return text.replace(dangerous, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON text made safe for a terminal: the same characters as escapes that JSON knows, so that it means the same. */
export const safeJson = (text: string): string =>
  text.replace(dangerous, (char) =>
    Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );

/** As `safeText`, and on one line. */
export const safeLine = (text: string): string =>
  safeText(text).replace(/[\n\t]/g, (char) => (char === '\n' ? '\\u{a}' : '\\u{9}'));
