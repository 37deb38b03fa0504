import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ExportArguments, exportCatalog } from '../../src/cli/common/catalog-export.js';
import { acmeBot, temporaryFolder } from '../helpers/cli.js';

const folder = temporaryFolder({ 'own/acme-bot.yaml': acmeBot });
const run = (more: Partial<ExportArguments> & { as: string }): Promise<string> =>
  exportCatalog({ kind: 'web', time: 'timestamp', timezone: 'UTC', prefix: 'halflight_', ...more });

describe('halflight catalog export', () => {
  it('prints both scripts, with signatures of the organisation among them', async () => {
    const text = await run({ as: 'postgres', signatures: join(folder, 'own'), columns: 'user=who,device=' });
    expect(text).toContain("'bot.acme.example', 'suffix', '', '', 'acme-bot'");
    expect(text).toContain('t."who"');
    expect(text.indexOf('-- ---- rollup.sql ----')).toBeGreaterThan(text.indexOf('-- ---- tables.sql ----'));
  });

  it('writes a folder, or one file', async () => {
    const out = join(folder, 'new/ai');
    expect(await run({ as: 'duckdb', out })).toBe(`Wrote ${join(out, 'tables.sql')}, ${join(out, 'rollup.sql')}\n`);
    expect(readdirSync(out).sort()).toEqual(['rollup.sql', 'tables.sql']);
    await run({ as: 'zeek-intel', out: join(folder, 'ai.intel') });
    expect(readFileSync(join(folder, 'ai.intel'), 'utf8')).toMatch(/^#fields\tindicator\t.*\n.*\tIntel::DOMAIN\t/);
  });

  it.each([
    [{ as: 'duckbd' }, /--as "duckbd" is no engine; did you mean duckdb\?/],
    [{ as: 'sigma' }, /makes \d+ files; name a folder for them with --out DIR/],
    [{ as: 'sigma', table: 'x' }, /reads no table, so --table and --columns mean nothing/],
    [{ as: 'duckdb', table: 'a..b' }, /--table "a..b" has an empty part/],
    [{ as: 'duckdb', timezone: 'Berlin' }, /--timezone "Berlin" is no time zone/],
    [{ as: 'duckdb', kind: 'mail' }, /--kind "mail" is not known; use web, dns/],
    [{ as: 'duckdb', columns: 'usr=x' }, /--columns: "usr" is no column key; did you mean user/],
  ])('%j is explained', async (given, message) => {
    await expect(run(given)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) as string });
  });
});
