import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { decide, second } from '../../src/cli/common/register/decide.js';
import { decidedText, listText } from '../../src/cli/common/register/decision-text.js';
import { exportInventory } from '../../src/cli/common/register/export.js';
import { importInventory } from '../../src/cli/common/register/import.js';
import { importText } from '../../src/cli/common/register/import-text.js';
import type { RegisterPlace } from '../../src/cli/common/register/place.js';
import { dayOf } from '../../src/core/time.js';
import { toYaml } from '../../src/inventory/write.js';
import { loadAudit } from '../../src/store/audit.js';
import { currentInventory, inventoryLoads } from '../../src/store/inventory.js';
import type { Db } from '../../src/store/tables.js';
import { halflight, root, temporaryFolder } from '../helpers/cli.js';
import { anyEntry } from '../inventory/helpers.js';
import { clear, noon, services } from '../jobs/helpers.js';
import { describeOnDatabases } from '../store/helpers/databases.js';

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);

describe('halflight inventory check', () => {
  it('says by file, line and field what is wrong, and ends with 1', async () => {
    writeFileSync(
      path('bad.yaml'),
      '- id: a\n  name: A\n  status: aproved\n- id: b\n  name: B\n  status: denied\n  services: [deepsek]\n',
    );
    const { code, stdout } = await halflight(['inventory', 'check', 'bad.yaml'], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad\.yaml:3: status: "aproved" is not accepted/);
    expect(stdout).toContain(
      'warning: bad.yaml:7: services: the catalog has no service "deepsek"; did you mean deepseek?',
    );
    expect(stdout).toContain('bad.yaml: 1 entry, 1 error, 1 warning');
    copyFileSync(join(root, 'examples/acme/inventory.yaml'), path('acme.yaml'));
    const good = await halflight(['inventory', 'check', 'acme.yaml'], { cwd: folder });
    expect([good.code, good.stdout]).toEqual([0, 'acme.yaml: 14 entries, 0 errors, 0 warnings\n']);
  });
});

await describeOnDatabases('the register in the database', (server) => {
  let db: Db;
  let place: RegisterPlace;
  beforeAll(async () => {
    db = await server.database();
    place = {
      db,
      recordedBy: 'cli:root',
      zone: 'UTC',
      file: undefined,
      catalog: () => Promise.resolve(compileCatalog(services)),
      ring: () => Promise.resolve('findings are looked at again'),
    };
  });
  const take = (name: string, now = noon, options = {}) => importInventory(place, path(name), options, now);
  const give = async (name: string, format: 'yaml' | 'csv', asOf?: string): Promise<string> => {
    const { text } = await exportInventory(place, { format, ...(asOf !== undefined && { asOf }) });
    writeFileSync(path(name), text);
    return text;
  };

  it('takes in the example company, shows what changes, keeps the hashes, and gives any day out again', async () => {
    await clear(db);
    copyFileSync(join(root, 'examples/acme/inventory.yaml'), path('acme.yaml'));
    const dry = await take('acme.yaml', noon, { dryRun: true });
    expect(importText(dry, true)).toMatch(/14 added, 0 changed, 0 removed, 0 the same\nNothing was written/);
    expect(await inventoryLoads(db)).toEqual([]);
    await take('acme.yaml', noon, { who: 'Ann', why: 'first' });
    const text = readFileSync(path('acme.yaml'), 'utf8');
    writeFileSync(
      path('next.yaml'),
      text.replace('id: jasper-2025', 'id: jasper').replace('business_owner: e1001', 'business_owner: e1009'),
    );
    const outcome = await take('next.yaml', noon + 86_400_000, { who: 'Ann', why: 'Jasper is called otherwise' });
    const told = importText(outcome, false);
    expect(told).toContain('+ jasper  Jasper  (retired)\n');
    expect(told).toContain(
      '~ chatgpt-enterprise  ChatGPT Enterprise  (approved)\n    business_owner: e1001 -> e1009\n',
    );
    expect(told).toContain('- jasper-2025  Jasper  (retired)\n1 added, 1 changed, 1 removed, 12 the same\n');
    const audit = (await loadAudit(db)).map(({ who, action, details }) => ({ who, action, ...JSON.parse(details) }));
    const [first, last] = await inventoryLoads(db);
    expect(audit.at(-1)).toMatchObject({
      action: 'register.imported',
      before: first?.hash,
      hash: last?.hash,
      who: 'Ann',
    });
    // The file of then, to the letter of the writer.
    expect(await give('then.yaml', 'yaml', dayOf(noon, 'UTC'))).toContain('id: jasper-2025');
    expect(await give('now.yaml', 'yaml')).not.toContain('id: jasper-2025');
    const then = await take('then.yaml', noon + 3 * 86_400_000);
    expect(importText(then, false)).toContain('1 added, 1 changed, 1 removed, 12 the same');
  });

  it('what is exported and imported again changes nothing, with decisions over it, in both forms', async () => {
    await clear(db);
    copyFileSync(join(root, 'examples/acme/inventory.yaml'), path('acme.yaml'));
    await take('acme.yaml');
    await decide(place, 'chat', 'deny', { why: 'no contract', who: 'ann' }, noon);
    await decide(place, 'otter-sales', 'review', { why: 'late', who: 'ann' }, noon);
    const before = await currentInventory(db);
    for (const [name, format] of [
      ['a.yaml', 'yaml'],
      ['a.csv', 'csv'],
    ] as const) {
      await give(name, format);
      const outcome = await take(name);
      expect([outcome.written, outcome.yielded]).toEqual([false, []]);
      expect(importText(outcome, false)).toContain(
        '0 added, 0 changed, 0 removed, 15 the same\nThe register says this already',
      );
    }
    expect(await currentInventory(db)).toEqual(before);
  });

  it('the same of any register, with texts that formats, spreadsheets and terminals like to change', async () => {
    const registers = fc.uniqueArray(anyEntry, { maxLength: 4, selector: ({ id }) => id });
    await fc.assert(
      fc.asyncProperty(registers, fc.constantFrom('yaml' as const, 'csv' as const), async (entries, format) => {
        await clear(db);
        writeFileSync(path('any.yaml'), toYaml(entries));
        const first = await take('any.yaml');
        // What is shown never moves a cursor.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(importText(first, false)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
        const before = await currentInventory(db);
        expect(before.entries).toHaveLength(entries.length);
        await give(`again.${format}`, format);
        expect((await take(`again.${format}`)).written).toBe(false);
        expect(await currentInventory(db)).toEqual(before);
      }),
      { seed: 5, numRuns: 15 },
    );
  });

  it('refuses a file with errors as a whole, and any file while the configuration names one', async () => {
    await clear(db);
    writeFileSync(path('half.yaml'), '- id: a\n  name: A\n  status: denied\n- id: b\n  name: B\n');
    await expect(take('half.yaml')).rejects.toThrow(
      /nothing was imported[\s\S]*half\.yaml:4: status: status is missing/,
    );
    await expect(
      importInventory({ ...place, file: '/etc/halflight/inventory.yaml' }, path('half.yaml'), {}, noon),
    ).rejects.toThrow(/names \/etc\/halflight\/inventory\.yaml as the inventory, and that file is the register/);
    expect(await inventoryLoads(db)).toEqual([]);
  });

  it('decide tells what changed and what to do next, and lists what was decided', async () => {
    await clear(db);
    const denied = await decide(place, 'chat', 'deny', { why: '=evil()\u001b[31m', who: 'ann' }, noon);
    const text = decidedText(denied);
    expect(text).toContain('Decision 1: deny chat (chat), by ann.\n  a new entry, denied\n');
    expect(text).toContain('halflight decide second 1 --who NAME');
    const two = decidedText(await second(place, '1', { who: 'max' }, noon));
    expect(two).toContain('by ann and max.\n    decided_by: ann -> ann;max\n');
    expect(two).not.toContain('second 1');
    await decide(
      place,
      'chat',
      'approve',
      { why: 'contract', who: 'ann', owner: 'eve', conditions: ['No secrets'] },
      noon,
    );
    expect(listText(await currentInventory(db), 'UTC')).toBe(
      '2  2026-10-05  approve chat, by ann (on condition: No secrets)\n    contract\n' +
        '1  2026-10-05  deny chat, by ann and max (replaced)\n    =evil()\\u{1b}[31m\n',
    );
    for (const [subject, action, options, message] of [
      ['chat', 'denny', { why: 'x' }, 'did you mean deny?'],
      ['chatt', 'deny', { why: 'x' }, 'did you mean chat?'],
      ['chat', 'deny', {}, 'say why with --why'],
      ['chat', 'deny', { why: 'x', entry: 'nix' }, 'there is no entry nix'],
      ['chat', 'approve', { why: 'x', until: '2026-02-30' }, 'is no day'],
      ['chat', 'approve', { why: 'x', tier: '9' }, '--tier is 1'],
      ['chat', 'approve', { why: 'x', accountKind: 'both' }, '--account-kind is one of'],
    ] as const)
      await expect(decide(place, subject, action, options, noon)).rejects.toThrow(message);
    await expect(second(place, 'x', {}, noon)).rejects.toThrow('is no number of a decision');
  });

  it('asks which entry where a service has several', async () => {
    await clear(db);
    writeFileSync(
      path('two.yaml'),
      '- { id: a, name: A, services: [chat], status: draft }\n- { id: b, name: B, services: [chat], status: draft }\n',
    );
    await take('two.yaml');
    await expect(decide(place, 'chat', 'deny', { why: 'x' }, noon)).rejects.toThrow('say which with --entry ID (a, b)');
    const { entry } = await decide(place, 'chat', 'deny', { why: 'x', who: 'ann', entry: 'b' }, noon);
    expect([entry.id, entry.status]).toEqual(['b', 'denied']);
    expect((await currentInventory(db)).entries[0]?.status).toBe('draft');
  });
});
