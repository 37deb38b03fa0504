/** How far a block goes: the name alone, the name with all below it, or only what lies below it. */
export type Reach = 'host' | 'tree' | 'below';

/** Whether a name is another or lies below it, label by label. */
export const liesUnder = (name: string, above: string): boolean => name === above || name.endsWith(`.${above}`);

/** Whether a block of `host` reaches a name. */
export const reaches = (host: string, reach: Reach, name: string): boolean =>
  name === host ? reach !== 'below' : reach !== 'host' && liesUnder(name, host);

/** Whether one block holds all that another holds. */
export function includes(a: { host: string; reach: Reach }, b: { host: string; reach: Reach }): boolean {
  if (a.host === b.host) return a.reach === b.reach || a.reach === 'tree';
  return a.reach !== 'host' && liesUnder(b.host, a.host);
}
