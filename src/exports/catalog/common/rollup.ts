import { rollupVersion } from '../../../core/rollup.js';

/** What stands in the first column of each row of a roll-up: the version of its shape, and the catalog that was used. */
export const rollupMark = (catalogHash: string): string => `${rollupVersion}/${catalogHash.slice(0, 12)}`;
