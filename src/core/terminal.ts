// Control characters (C0 without newline and tab, DEL, C1), bidirectional controls, zero-width and tag characters, line separators.
const dangerous =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Text made safe for a terminal: control, bidirectional and invisible characters are shown as `\u{1b}`. Newline and tab stay. */
export function safeText(text: string): string {
  return text.replace(dangerous, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** As `safeText`, and on one line. */
export const safeLine = (text: string): string =>
  safeText(text).replace(/[\n\t]/g, (char) => (char === '\n' ? '\\u{a}' : '\\u{9}'));
