// A Halflight of its own for the tests to kill: `child.ts MODE FOLDER [NAME]`. Says on standard output what it has done.
import { join } from 'node:path';
import { saveChunk } from '../../../src/store/chunks.js';
import { openStore } from '../../../src/store/db.js';
import { claimOwnership } from '../../../src/store/owner.js';
import { bigChunk } from './results.js';

const [mode, folder = '', name = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const stayAlive = () => setInterval(() => {}, 60_000);

try {
  if (mode === 'claim') {
    const claim = claimOwnership(join(folder, 'owner'));
    say('ownedBy' in claim ? `owned by ${claim.ownedBy}` : 'claimed');
    stayAlive();
  } else {
    const { db } = await openStore({ dataDir: folder });
    say('open');
    if (mode === 'hold') stayAlive();
    for (let i = 0; mode === 'write'; i += 1) {
      await saveChunk(db, bigChunk(`${name}-${i}`));
      say(`${name}-${i}`);
    }
    // Mode `leave`: ends without closing.
  }
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 3;
}
