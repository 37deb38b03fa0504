// npm run test:kill -- --times N --seed S [--setup embedded|servers|both] [--round K] [--bin FILE]: see docs/kill-tests.md.
import { parseArgs } from 'node:util';
import { campaign } from './campaign.js';
import { missingServers } from './own-servers.js';
import type { Kind } from './site.js';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    setup: { type: 'string', default: 'both' },
    round: { type: 'string', default: '25' },
    bin: { type: 'string' },
  },
});
const [times, seed, round] = [values.times, values.seed, values.round].map(Number) as [number, number, number];
const kinds: Kind[] = values.setup === 'both' ? ['embedded', 'servers'] : [values.setup as Kind];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
let good = true;
if (
  ![times, seed, round].every(Number.isSafeInteger) ||
  !kinds.every((kind) => ['embedded', 'servers'].includes(kind))
) {
  process.stderr.write(
    'kill tests: --times, --seed and --round are whole numbers, --setup is embedded, servers or both\n',
  );
  process.exit(2);
}
for (const kind of kinds) {
  const missing = kind === 'servers' ? missingServers() : undefined;
  if (missing !== undefined) {
    say(`SKIPPED: the set-up with servers: ${missing}`);
    if (process.env.TEST_REQUIRE_ALL === '1') good = false;
    continue;
  }
  // Half of the kills on each set-up.
  const share = kinds.length === 1 ? times : kind === 'embedded' ? Math.floor(times / 2) : Math.ceil(times / 2);
  good = (await campaign({ kind, times: share, seed, round, bin: values.bin, say })) && good;
}
process.exit(good ? 0 : 1);
