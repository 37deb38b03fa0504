/** Longer than any text may be shown. */
export const longText = 'long '.repeat(2000);
