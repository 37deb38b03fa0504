import { visible } from '../../html/markup.js';

// A joiner that is not seen (U+2060). Texts hold none themselves, as they are shown as `\u{2060}`.
const joiner = '\u2060';

/**
 * Text for GitHub-flavoured Markdown (CommonMark 0.31, GFM 0.29) on one line: it makes no markup wherever it stands, and no link or
 * mention either. Angle brackets and ampersands are entities, which are also what Slack has for them, so that `<!channel>` is but text
 * there. Sites link bare addresses, mentions, issues and `:emoji:` after Markdown is read, where no backslash helps: there a joiner that is not
 * seen keeps the parts apart.
 */
export function markdownText(text: string): string {
  return visible(text)
    .replace(/:(?=\/\/)|@|:(?=[\w+-]+:)|#(?=\d)/g, `$&${joiner}`)
    .replace(/www(?=\.)|(?:mailto|xmpp|javascript|vbscript|data|file):(?!\u2060)/gi, `$&${joiner}`)
    .replace(/[\\`*_[\]~$#]/g, '\\$&')
    .replace(/[&<>|]/g, (char) => entities[char] ?? char)
    .replace(/^[-+](?=[\s-]|$)|^=/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^\s|\s$/g, (space) => `&#${space.charCodeAt(0)};`);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };
