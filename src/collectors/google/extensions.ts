import { createHash } from 'node:crypto';
import type { StateItem } from '../../core/chunk.js';
import { isObject, type JsonObject, objectsOf, textAt } from '../../core/json.js';
import type { StateListing } from '../common/api/states.js';
import type { CollectContext } from '../common/collector.js';
import type { Google } from './client.js';

const mostExtensions = 2000;

/**
 * Extensions in managed Chrome browsers: support.google.com/chrome/a/answer/9681204. Of each it is only remembered that it was told, by a
 * hash: what else people have installed is not kept.
 */
export const extensionListing = ({ browsers }: Google, customer: string, { now }: CollectContext): StateListing => ({
  kind: 'extension',
  every: 86_400_000,
  pages: 100,
  async page(link) {
    const { body } = await browsers.get(
      browsers.url(`customer/${customer}/devices/chromebrowsers`, {
        projection: 'FULL',
        maxResults: '100',
        ...(link !== undefined && { pageToken: link }),
      }),
    );
    const devices = objectsOf(isObject(body) ? body.browsers : undefined);
    return { items: devices.flatMap((device) => itemsOf(device, now())), next: textAt(body, 'nextPageToken') };
  },
});

/** One record for each extension of each profile of a device, as the format google-workspace reads devices. */
function itemsOf(device: JsonObject, now: number): StateItem[] {
  const deviceId = textAt(device, 'deviceId');
  if (deviceId === undefined) return [];
  const { machineName, lastDeviceUser } = device;
  const items = new Map<string, StateItem>();
  for (const browser of objectsOf(device.browsers))
    for (const profile of objectsOf(browser.profiles))
      for (const extension of objectsOf(profile.extensions)) {
        const extensionId = textAt(extension, 'extensionId', 'id');
        if (extensionId === undefined || extension.disabled === true || items.size >= mostExtensions) continue;
        const user = textAt(profile, 'chromeSignedInUserEmail');
        const { name, installType } = extension;
        const who = { machineName, lastDeviceUser: user === undefined ? lastDeviceUser : undefined };
        const id = print([deviceId, extensionId, user]);
        const record = {
          kind: 'admin#directory#browserdevice',
          seen: new Date(now).toISOString(),
          ...who,
          browsers: [
            { profiles: [{ chromeSignedInUserEmail: user, extensions: [{ extensionId, name, installType }] }] },
          ],
        };
        items.set(id, { id, body: print([who, user, name]), text: JSON.stringify(record) });
      }
  return [...items.values()];
}

const print = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
