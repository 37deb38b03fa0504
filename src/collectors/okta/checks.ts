import type { Check } from '../../core/check.js';
import { hasty, type Probe, probeAll } from '../common/api/checks.js';
import type { CollectContext } from '../common/collector.js';
import { openOkta } from './client.js';
import type { OktaOptions, OktaPart } from './options.js';

const probes: Readonly<Record<OktaPart, { name: string; path: string }>> = {
  log: { name: 'System Log', path: 'logs' },
  users: { name: 'Users', path: 'users' },
  assignments: { name: 'Applications', path: 'apps' },
};

/** Asks for one item of each part, each with a token for this part alone, so that it shows which scope is missing. */
export async function checkOkta(options: OktaOptions, context: CollectContext): Promise<Check[]> {
  let theirs: number | undefined;
  const asked = options.parts.map((part): Probe => {
    const { name, path } = probes[part];
    return {
      name,
      found: 'may be read',
      ask: async () => {
        const client = openOkta({ ...options, parts: [part] }, hasty(context));
        const filter = part === 'log' && options.filter !== '' ? { filter: options.filter } : {};
        try {
          await client.get(client.url(path, { limit: '1', ...filter }));
        } finally {
          theirs = client.theirNow ?? theirs;
        }
      },
    };
  });
  return probeAll(asked, { server: 'Okta', theirNow: () => theirs, now: context.now });
}
