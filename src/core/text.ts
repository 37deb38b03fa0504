/** A logged value, or undefined where the log says that there is none (empty, `-`, quotes around nothing). */
export function known(value: string | undefined | null): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = value.trim();
  return text === '' || text === '-' || text === '""' || text === '(empty)' ? undefined : text;
}

/** A whole number >= 0 as logged, or undefined. */
export function whole(value: string | number | undefined | null): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  const text = value?.trim();
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** Undoes `%xx`; text that is no valid encoding comes back as it is. */
export function decodeUri(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Half a character, as a cut or hostile text may hold, becomes U+FFFD: no encoding has it. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
