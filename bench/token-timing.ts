// npx tsx bench/token-timing.ts [--calls N]: does the time of a token's check tell anything about the token?
//
// Welch's t-test over single calls (Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", 2017): each call checks one of two
// classes of wrong tokens, drawn at random, and |t| below 4.5 means that their times cannot be told apart. The largest times are left out
// by the same threshold for both classes, since they are the machine's and not the check's.
import { parseArgs } from 'node:util';
import { checkToken, hashToken, type KnownToken, makeToken } from '../src/receivers/common/token.js';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '1000000' } } });
const calls = Number(values.calls);
const limit = 4.5;

const real = makeToken();
const known = new Map<string, KnownToken>([[real.id, { hash: real.hash, source: 'proxy' }]]);
const secret = real.token.slice(real.token.indexOf('.') + 1);
const flip = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
const header = (id: string, of: string): string => `Bearer hlf_${id}.${of}`;

/** Pairs of classes that must look alike to whoever has a stopwatch. */
const pairs: readonly [name: string, a: string, b: string][] = [
  [
    'first or last character of the secret is wrong',
    header(real.id, flip(secret, 0)),
    header(real.id, flip(secret, 41)),
  ],
  ['the id is known or not', header(real.id, flip(secret, 20)), header('AAAAAAAAAAAA', flip(secret, 20))],
  ['the secret is right or wrong, up to the answer', header(real.id, secret), header(real.id, flip(secret, 20))],
];

/** t of Welch's test, without the largest five of a hundred. */
function welch(a: Float64Array, b: Float64Array): { t: number; apart: number } {
  const all = Float64Array.from([...a, ...b]).sort();
  const most = all[Math.floor(all.length * 0.95)] ?? Number.POSITIVE_INFINITY;
  const of = (times: Float64Array): { mean: number; share: number } => {
    const kept = times.filter((time) => time <= most);
    const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
    const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
    return { mean, share: variance / kept.length };
  };
  const [x, y] = [of(a), of(b)];
  return { t: Math.abs(x.mean - y.mean) / Math.sqrt(x.share + y.share), apart: x.mean - y.mean };
}

// What was checked must have been checked.
if (checkToken(header(real.id, secret), known, 0)?.source !== 'proxy' || !hashToken(secret).equals(real.hash))
  throw new Error('the right token is refused');
let bad = false;
for (const [name, a, b] of pairs) {
  if (name.startsWith('the secret') ? false : [a, b].some((text) => checkToken(text, known, 0) !== undefined))
    throw new Error('a wrong token is taken');
  const times = [new Float64Array(calls), new Float64Array(calls)] as const;
  const counts = [0, 0];
  for (let i = 0; i < calls + 20_000; i++) {
    const which = Math.random() < 0.5 ? 0 : 1;
    // Read apart, so that both classes are texts of the same making.
    const text = Buffer.from(which === 0 ? a : b, 'latin1').toString('latin1');
    const began = process.hrtime.bigint();
    checkToken(text, known, 0);
    const took = Number(process.hrtime.bigint() - began);
    // The first calls are slow until the code is compiled.
    if (i < 20_000) continue;
    times[which][counts[which] ?? 0] = took;
    counts[which] = (counts[which] ?? 0) + 1;
  }
  const { t, apart } = welch(times[0].subarray(0, counts[0]), times[1].subarray(0, counts[1]));
  // An id is no secret: it stands in lists and logs. That its look-up shows is told, and fails nothing.
  const open = name.startsWith('the id');
  if (t >= limit && !open) bad = true;
  console.log(
    `${t < limit ? 'alike ' : 'DIFFER'}  |t| ${t.toFixed(2).padStart(6)}  ${apart.toFixed(1).padStart(5)} ns apart  ${name}${open ? ' (no secret)' : ''}`,
  );
}
console.log(`${calls.toLocaleString('en-US')} calls a pair; alike below ${limit}`);
process.exitCode = bad ? 1 : 0;
