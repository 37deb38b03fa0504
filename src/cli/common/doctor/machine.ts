import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../../../core/check.js';
import { installRoot } from '../version.js';
import { failed, ok, warning } from './bounded.js';

/** Node.js and the clock of this machine. */
export async function checkMachine(): Promise<Check[]> {
  return [checkNode(process.versions.node), await checkClock()];
}

function checkNode(version: string): Check {
  const { engines } = JSON.parse(readFileSync(join(installRoot, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const oldest = engines.node.replace(/^>=/, '');
  if (!isAtLeast(version, oldest))
    return failed('Node.js', version, `Halflight needs Node.js ${oldest} or later: install it, then start again.`);
  return ok('Node.js', version);
}

/** Compares `20.19` and `20.19.4` by their numbers. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [a, b] = [version, oldest].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < (b?.length ?? 0); i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const lookMs = 200;

async function checkClock(): Promise<Check> {
  const [wall, steady] = [Date.now(), performance.now()];
  await sleep(lookMs);
  const drift = Date.now() - wall - (performance.now() - steady);
  const remedy = 'Set the clock of this machine, and let a time service (chrony, systemd-timesyncd) keep it.';
  // Nothing of Halflight was there before: such a clock was never set.
  if (wall < Date.UTC(2025, 0, 1)) return failed('clock', new Date(wall).toISOString(), remedy);
  if (Math.abs(drift) > 100)
    return warning('clock', `it jumped by ${Math.round(drift)} ms within ${lookMs} ms`, remedy);
  return ok('clock', `${new Date(wall).toISOString()}, steady`);
}
