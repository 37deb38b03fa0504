import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, run, temporaryFolder } from '../helpers/cli.js';
import { type MadeBundle, makeBundle } from './bundle.js';

const source = readFileSync(join(root, 'verifier/halflight-verify.mjs'), 'utf8');
let bundle: MadeBundle;
let alone: string;
beforeAll(async () => {
  bundle = await makeBundle();
  // Nothing but the one file: no package, no node_modules on the way up.
  alone = temporaryFolder();
  copyFileSync(join(root, 'verifier/halflight-verify.mjs'), join(alone, 'check.mjs'));
});
const check = (...args: string[]) => run(process.execPath, ['check.mjs', ...args], { cwd: alone });

describe('the verifier', () => {
  it('is one file that imports nothing but Node.js', () => {
    const imports = [...source.matchAll(/^(?:import|export)\b[^;]*?['"]([^'"]+)['"];$/gm)].map(([, name]) => name);
    expect(imports).toEqual(['node:crypto', 'node:fs', 'node:zlib']);
    expect(source).not.toMatch(/\bimport\s*\(|\brequire\b|\beval\b|process\.binding|fetch\(/);
    // Of node:fs what reads, and nothing that writes.
    const [, names = ''] = /import \{([^}]*)\} from 'node:fs'/.exec(source) ?? [];
    expect(names.split(',').map((name) => name.trim())).toEqual([
      'closeSync',
      'createReadStream',
      'fstatSync',
      'openSync',
      'readFileSync',
      'readSync',
      'realpathSync',
    ]);
    expect([...source.matchAll(/openSync\(([^)]*)\)/g)].map(([, args]) => args)).toEqual(["path, 'r'"]);
  });

  it('checks a bundle by the key alone, and says what it found', async () => {
    const { code, stdout } = await check(bundle.file, '--key', bundle.key);
    expect(stdout).toMatch(/^GOOD: everything is as "halflight\/log" signed it\.\n/);
    expect(stdout).toContain('from 2026-03-01, until before 2026-04-01 (UTC)');
    expect(code).toBe(0);
    const json = await check(bundle.file, '--key', bundle.key, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, problems: [], signer: 'halflight/log' });
  });

  it('refuses to say anything without a key, or with one that is none', async () => {
    expect(await check(bundle.file)).toMatchObject({ code: 2, stdout: '' });
    expect(await check(bundle.file, '--key', 'halflight/log+00000000+AAAA')).toMatchObject({ code: 2 });
    expect(await check(bundle.file, '--key', 'no-such.pem')).toMatchObject({ code: 3 });
    expect(await check('no-such.zip', '--key', bundle.key)).toMatchObject({ code: 3 });
    const other = 'halflight/log+9ae8a9d2+AQ=='.replace('AQ==', Buffer.alloc(33, 1).toString('base64'));
    expect((await check(bundle.file, '--key', other)).code).toBe(2);
  });
});
