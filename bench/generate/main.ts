import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generate, layoutNames } from './generate.js';
import { defaults } from './traffic.js';

// Writes one generated log, and the exact answer beside it:
//   npx tsx bench/generate/main.ts --layout squid --lines 10000000 --out /tmp/access.log    (answer: /tmp/access.log.answer.json)
const { values } = parseArgs({
  options: {
    layout: { type: 'string', default: 'squid' },
    lines: { type: 'string', default: '1000000' },
    out: { type: 'string' },
    share: { type: 'string', default: String(defaults.share) },
    users: { type: 'string', default: String(defaults.users) },
    hosts: { type: 'string', default: String(defaults.hosts) },
    days: { type: 'string', default: String(defaults.days) },
    broken: { type: 'string', default: String(defaults.brokenPerMillion) },
    seed: { type: 'string', default: String(defaults.seed) },
  },
});
const layout = layoutNames.find((name) => name === values.layout);
if (layout === undefined || values.out === undefined) {
  console.error(`name --out FILE and one --layout of ${layoutNames.join(', ')}`);
  process.exit(2);
}
const began = performance.now();
const answer = generate(layout, values.out, {
  lines: Number(values.lines),
  share: Number(values.share),
  users: Number(values.users),
  hosts: Number(values.hosts),
  days: Number(values.days),
  brokenPerMillion: Number(values.broken),
  seed: Number(values.seed),
});
writeFileSync(`${values.out}.answer.json`, `${JSON.stringify(answer, null, 1)}\n`);
const seconds = (performance.now() - began) / 1000;
console.log(
  `${values.out}: ${answer.lines} lines, ${(answer.bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s; ${answer.events} events, ${answer.attempts} attempts, ${answer.rejected} rejected, ${answer.skipped} skipped`,
);
