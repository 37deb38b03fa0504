import type { Config } from '../../../config/schema.js';
import type { Check } from '../../../core/check.js';
import { CliError } from '../errors.js';
import { catalogFolder, loadInstalled, readInstalled, shippedVersion } from '../release/installed.js';
import { expiryNotice } from '../release/notice.js';
import { failed, ok, warning } from './bounded.js';

/** Which version of the catalog is in use, that it is whole, and when it expires. */
export async function checkRelease({ catalog, data }: Config, now: number): Promise<Check> {
  const shipped = shippedVersion();
  try {
    const folder = catalogFolder({ folder: catalog.folder, data });
    const current = readInstalled(folder)?.current;
    if (current === undefined) return ok('catalog', `version ${shipped}, which comes with Halflight`);
    const { version, expires } = current;
    if (version <= shipped)
      return ok('catalog', `version ${shipped}, which comes with Halflight; the installed one is no newer`);
    await loadInstalled(folder, current);
    const notice = expiryNotice({ version, from: 'installed', expires }, now);
    if (notice === undefined) return ok('catalog', `version ${version}, installed, valid to ${expires}`);
    const remedy = 'Get a newer bundle from who makes them.';
    return (notice.expired ? failed : warning)('catalog', notice.text, remedy);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return failed('catalog', error.message, 'Install the bundle again.');
  }
}
