import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GateReport, gateReportSchema } from '../../src/reports/gate/schema.js';
import { halflight, onTerminal, readText, temporaryFolder } from '../helpers/cli.js';

const uses = { 'src/a.js': "const base = 'https://api.openai.com/v1/responses';\n" };
const inventory = (fields: string): string =>
  `- id: bot\n  name: Bot\n  services: [openai-api]\n  environment: pilot\n  ${fields}\n`;
const reportOf = (stdout: string): GateReport => gateReportSchema.parse(JSON.parse(stdout));

describe('halflight gate', () => {
  const folder = temporaryFolder({
    ...uses,
    'approved.yaml': inventory('status: approved'),
    'denied.yaml': inventory('status: denied'),
    'broken.yaml': inventory('status: perhaps'),
  });
  const gate = (...args: string[]): ReturnType<typeof halflight> => halflight(['gate', folder, ...args]);

  it.each<[string, number, string[]]>([
    ['an approved entry opens it', 0, ['--inventory', join(folder, 'approved.yaml')]],
    [
      'the environment of the entry opens it',
      0,
      ['--inventory', join(folder, 'approved.yaml'), '--environment', 'pilot'],
    ],
    ['another environment closes it', 1, ['--inventory', join(folder, 'approved.yaml'), '--environment', 'prod']],
    ['a denial closes it', 1, ['--inventory', join(folder, 'denied.yaml')]],
    ['no inventory closes it', 1, []],
    ['another choice of reasons opens it', 0, ['--fail-on', 'denied,key']],
    ['stronger evidence may be asked for', 0, ['--min-strength', 'confirmed']],
    ['an unknown reason is a wrong argument', 2, ['--fail-on', 'sanctionned']],
    ['an unknown environment is a wrong argument', 2, ['--environment', 'moon']],
    ['a day that the calendar lacks is a wrong argument', 2, ['--as-of', '2026-02-30']],
    ['a broken entry makes the answer less than whole', 3, ['--inventory', join(folder, 'broken.yaml')]],
    ['an inventory that is not there is said', 3, ['--inventory', join(folder, 'none.yaml')]],
  ])('%s: exit code %i', async (_, code, args) => expect((await gate(...args)).code).toBe(code));

  it('says what is wrong with the path', async () => {
    const [none, file] = await Promise.all([
      halflight(['gate', join(folder, 'none')]),
      halflight(['gate', join(folder, 'approved.yaml')]),
    ]);
    expect([none.code, file.code]).toEqual([3, 2]);
    expect(none.stderr).toContain('none does not exist; check the path');
    expect(file.stderr).toContain('is a file; name the folder of the repository');
  });

  it('ends with 3 where a manifest is broken, and reports the rest', async () => {
    const { code, stdout, stderr } = await halflight([
      'gate',
      temporaryFolder({ ...uses, 'package.json': '{"dependencies"' }),
    ]);
    expect(code).toBe(3);
    expect(stdout).toContain('PROBLEM: package.json:1 is broken and was read in part: it lacks a colon');
    expect(stdout).toContain('unregistered: OpenAI API (openai-api), called');
    expect(stderr).toContain('1 file or entry could not be read');
  });

  it('writes SARIF and JUnit beside its answer', async () => {
    const out = temporaryFolder();
    const [sarif, junit] = [join(out, 'a.sarif'), join(out, 'a.xml')];
    const { code, stdout } = await gate('--sarif', sarif, '--junit', junit, '--json');
    const report = reportOf(stdout);
    expect(code).toBe(1);
    expect(
      report.findings.map(({ service, verdict, places }) => [service, verdict, places[0]?.file, places[0]?.line]),
    ).toEqual([['openai-api', 'unregistered', 'src/a.js', 1]]);
    const { runs } = JSON.parse(readText(sarif)) as { runs: { results: { ruleId: string }[] }[] };
    expect(runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(['halflight/unregistered']);
    expect(readText(junit)).toContain('<failure message="unregistered: Nothing in the inventory names OpenAI API."');
  });

  it('shows of a committed key neither on the terminal nor in a file more than its prefix', async () => {
    const body = ['Q7w8', 'E9r0', 'T1y2', 'U3i4', 'O5p6', 'A7s8', 'D9f0'].join('');
    const out = temporaryFolder();
    // A key of the catalog for tests: which prefixes the product's own has is not the matter here.
    const signatures = temporaryFolder({
      'acme-llm.yaml':
        'id: acme-llm\nname: Acme LLM\nsummary: A model API for tests.\ncategory: model-api\nvendor: { name: Acme }\nchecked: 2026-03-01\n' +
        'sources: [{ name: test, read: 2026-03-01 }]\nhosts: [llm.acme.example]\nkeys: [{ prefix: acme-llm-key- }]\n' +
        'examples: { hit: [llm.acme.example], miss: [acme.example] }\n',
    });
    const repository = temporaryFolder({
      'notes.md': `key: acme-llm-key-${body}\n`,
      [`a-acme-llm-key-${body}.yaml`]: 'a: llm.acme.example\n',
    });
    const args = ['gate', repository, '--signatures', signatures, '--sarif', join(out, 's'), '--junit', join(out, 'j')];
    const [text, json] = [await halflight(args), await halflight([...args, '--json'])];
    expect(reportOf(json.stdout).keys.map(({ file, line, prefix }) => `${file}:${line} ${prefix}`)).toEqual([
      'notes.md:1 acme-llm-key-...',
    ]);
    for (const written of [text.stdout, text.stderr, json.stdout, json.stderr, readText(out, 's'), readText(out, 'j')])
      expect(written).not.toContain(body.slice(0, 8));
  });

  it('lets no file name reach the terminal raw', async () => {
    const { stdout } = await halflight(['gate', temporaryFolder({ 'a\u001b[31m\u202eb.js': uses['src/a.js'] })]);
    expect(stdout).toContain('a\\u{1b}[31m\\u{202e}b.js:1');
    expect(stdout).not.toContain('\u001b');
  });

  it('keeps to 80 columns', async () => {
    const { stdout } = await onTerminal('gate examples/acme-code --inventory examples/acme/inventory.yaml');
    // The colours take no column.
    const plain = stdout
      .split('\u001b')
      .map((part, i) => (i === 0 ? part : part.replace(/^\[\d*m/, '')))
      .join('');
    expect(Math.max(...plain.split(/\r?\n/).map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

it("examples/acme-code against Acme's register says what its README promises", async () => {
  const { code, stdout } = await halflight([
    ...['gate', 'examples/acme-code', '--inventory', 'examples/acme/inventory.yaml'],
    ...['--environment', 'production', '--as-of', '2026-11-15', '--json'],
  ]);
  const report = reportOf(stdout);
  expect(code).toBe(1);
  const rows = report.findings.map(
    ({ service, verdict, strength, entry }) => `${service} ${verdict} ${strength} ${entry ?? '-'}`,
  );
  expect(rows.sort()).toEqual([
    'azure-openai sanctioned confirmed azure-openai-support-bot',
    'elevenlabs excepted called elevenlabs-training',
    'jasper retired called jasper-2025',
    'ollama unregistered declared -',
    'openai-api unregistered confirmed -',
  ]);
  expect(report.models.map(({ name, service }) => `${name} ${service}`)).toEqual([
    'gpt-4o-mini azure-openai',
    'text-embedding-3-small openai-api',
  ]);
  expect(report.candidates.map(({ what }) => what)).toEqual(['MCP server acme-tickets']);
});
