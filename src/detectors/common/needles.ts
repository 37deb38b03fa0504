/** The longest piece of a pattern without wildcard: every text that the pattern matches holds it. */
export function literalPiece(pattern: string): string {
  return pattern
    .split('*')
    .reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '')
    .replace(/^\./, '');
}
