import type { Check } from '../../../core/check.js';
import { createEgress } from '../../../net/egress.js';
import { loadKinds, type OpenedSetup } from './setup.js';

/** Looks whether a configured source could work, as far as that shows without taking data in. */
export async function testSource({ setup }: OpenedSetup, id: string): Promise<Check[]> {
  const source = setup.sources.find((item) => item.id === id);
  if (source === undefined) return [];
  const collector = (await loadKinds()).collectors.get(source.kind);
  if (collector === undefined)
    return [
      {
        name: `source ${id}`,
        outcome: 'ok',
        found: `data are sent to it (${source.kind}); nothing can be asked ahead`,
        remedy: '',
      },
    ];
  const egress = createEgress(setup.net);
  try {
    return await collector.test(source.options, {
      source: id,
      egress,
      now: Date.now,
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [{ name: `source ${id}`, outcome: 'failed', found, remedy: 'Correct the source in the configuration.' }];
  } finally {
    await egress.close();
  }
}
