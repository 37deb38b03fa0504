import type { Release } from '../../../catalog/compile.js';

/** So many days before it expires a catalog is spoken of. */
const warnDays = 30;
const dayMs = 86_400_000;

/**
 * What to say of a catalog that expires soon or has expired; undefined where there is nothing to say. An expired catalog keeps working:
 * finding less is better than finding nothing.
 */
export function expiryNotice(
  release: Release | undefined,
  now: number,
): { expired: boolean; text: string } | undefined {
  if (release?.expires === undefined) return undefined;
  const left = Math.floor(Date.parse(release.expires) / dayMs) - Math.floor(now / dayMs);
  if (left > warnDays) return undefined;
  const remedy = 'Install a newer one with "halflight catalog install".';
  if (left < 0)
    return {
      expired: true,
      text: `The catalog, version ${release.version}, expired on ${release.expires}. It is still used, and AI services that are newer are not found. ${remedy}`,
    };
  const when = left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`;
  return {
    expired: false,
    text: `The catalog, version ${release.version}, expires ${when}, on ${release.expires}. ${remedy}`,
  };
}
