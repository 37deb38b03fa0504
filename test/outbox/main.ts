// npm run test:outbox -- --notices N --days D --kills K --seed S [--steps N] [--setup embedded|servers|both] [--bin FILE]: see docs/kill-tests.md.
import { parseArgs } from 'node:util';
import { missingServers } from '../kill/own-servers.js';
import type { Kind } from '../kill/site.js';
import { campaign } from './campaign.js';

const { values } = parseArgs({
  options: {
    notices: { type: 'string', default: '100000' },
    days: { type: 'string', default: '7' },
    kills: { type: 'string', default: '24' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    steps: { type: 'string' },
    setup: { type: 'string', default: 'embedded' },
    bin: { type: 'string' },
  },
});
const [notices, days, kills, seed] = [values.notices, values.days, values.kills, values.seed].map(Number) as [
  number,
  number,
  number,
  number,
];
// As often as an endpoint that is away is tried, where there is something new each time.
const steps = Number(values.steps ?? Math.min(days * 288, Math.ceil(notices / 100)));
const kinds: Kind[] = values.setup === 'both' ? ['embedded', 'servers'] : [values.setup as Kind];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (
  ![notices, days, kills, seed, steps].every(Number.isSafeInteger) ||
  Math.min(notices, days, steps) < 1 ||
  !kinds.every((kind) => ['embedded', 'servers'].includes(kind))
) {
  process.stderr.write(
    'the outbox: --notices, --days, --kills, --seed and --steps are whole numbers, --setup is embedded, servers or both\n',
  );
  process.exit(2);
}
let good = true;
for (const kind of kinds) {
  const missing = kind === 'servers' ? missingServers() : undefined;
  if (missing === undefined)
    good = (await campaign({ kind, notices, days, steps, kills, seed, bin: values.bin, say })) && good;
  else {
    say(`SKIPPED: the set-up with servers: ${missing}`);
    if (process.env.TEST_REQUIRE_ALL === '1') good = false;
  }
}
process.exit(good ? 0 : 1);
