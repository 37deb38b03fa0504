import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateFinding, GateResult } from '../../src/gate/result.js';
import { entry, gateOn, repository } from './helpers.js';

const called = { 'src/a.ts': "import OpenAI from 'openai';\n" };
const finding = (result: GateResult, service: string): GateFinding | undefined =>
  result.findings.find((item) => item.service === service);
const services = (result: GateResult): string[] => result.findings.map(({ service }) => service).sort();

describe('the gate and the inventory', () => {
  const folder = repository(called);
  const openai = (over: Parameters<typeof entry>[0]): Parameters<typeof entry>[0] => ({
    services: ['openai-api'],
    ...over,
  });

  it.each<[string, Parameters<typeof entry>[0] | undefined, 'pilot' | 'production' | undefined, string, boolean]>([
    ['nothing names it', undefined, undefined, 'unregistered', true],
    ['an approved entry', openai({}), undefined, 'sanctioned', false],
    [
      'approved for pilots, and this is production',
      openai({ environment: 'pilot' }),
      'production',
      'out-of-scope',
      true,
    ],
    ['approved for pilots, and this is one', openai({ environment: 'pilot' }), 'pilot', 'sanctioned', false],
    ['approved for pilots, no environment named', openai({ environment: 'pilot' }), undefined, 'sanctioned', false],
    ['approved without environment', openai({}), 'production', 'sanctioned', false],
    ['denied', openai({ status: 'denied' }), 'production', 'denied', true],
    [
      'denied for another environment',
      openai({ status: 'denied', environment: 'pilot' }),
      'production',
      'denied',
      true,
    ],
    ['retired', openai({ status: 'retired', decommission: { date: '2026-02-01' } }), undefined, 'retired', true],
    [
      'still running until its end',
      openai({ status: 'retired', decommission: { date: '2026-04-01' } }),
      undefined,
      'sanctioned',
      false,
    ],
    ['review overdue', openai({ review_date: '2026-02-28' }), undefined, 'lapsed', true],
    ['reviewed until today', openai({ review_date: '2026-03-01' }), undefined, 'sanctioned', false],
    [
      'an exception that ended',
      openai({ status: 'in-review', exception: { until: '2026-02-28', controls: [] } }),
      undefined,
      'lapsed',
      true,
    ],
    [
      'a running exception',
      openai({ status: 'in-review', exception: { until: '2026-03-31', controls: [] } }),
      undefined,
      'excepted',
      false,
    ],
    ['in review', openai({ status: 'in-review' }), undefined, 'in-review', false],
    ['with conditions', openai({ status: 'conditional' }), undefined, 'conditional', false],
    ['an entry for another service', entry({ services: ['claude-api'] }), undefined, 'unregistered', true],
  ])('%s', async (_, over, environment, verdict, closed) => {
    const result = await gateOn(folder, { entries: over === undefined ? [] : [entry(over)], environment });
    expect(finding(result, 'openai-api')?.verdict).toBe(verdict);
    expect(result.closed).toBe(closed);
  });

  it('takes the entry of the environment before one for all', async () => {
    const entries = [
      entry(openai({ id: 'all', status: 'denied' })),
      entry(openai({ id: 'pilots', environment: 'pilot' })),
    ];
    const [pilot, production] = await Promise.all([
      gateOn(folder, { entries, environment: 'pilot' }),
      gateOn(folder, { entries, environment: 'production' }),
    ]);
    expect(finding(pilot, 'openai-api')).toMatchObject({ verdict: 'sanctioned', entry: 'pilots' });
    expect(finding(production, 'openai-api')).toMatchObject({ verdict: 'denied', entry: 'all' });
  });

  it('closes on what was chosen alone', async () => {
    expect((await gateOn(folder, { failOn: new Set(['denied']) })).closed).toBe(false);
    expect(
      (await gateOn(folder, { failOn: new Set(['in-review']), entries: [entry(openai({ status: 'in-review' }))] }))
        .closed,
    ).toBe(true);
  });

  it('says in a sentence which entry speaks, and what to do', async () => {
    const result = await gateOn(folder, {
      entries: [entry(openai({ id: 'bot', name: 'Support bot', environment: 'pilot', business_owner: 'jane' }))],
      environment: 'production',
    });
    expect(finding(result, 'openai-api')).toMatchObject({
      reason: 'Entry bot (Support bot) registers OpenAI API for pilot only, and this is production.',
      advice: 'Ask jane to extend the entry, or register this use with an entry of its own.',
    });
  });
});

describe('the strength of the evidence', () => {
  const manifest = '{"dependencies":{"langchain":"1"}}';
  const lock = '{"lockfileVersion":3,"packages":{"node_modules/openai":{"version":"4"}}}';
  it.each<[string, Record<string, string>, string, boolean]>([
    ['came along with another package', { 'package.json': manifest, 'package-lock.json': lock }, 'transitive', false],
    [
      'asked for by a workspace',
      {
        'package.json': manifest,
        'package-lock.json': lock,
        'packages/a/package.json': '{"dependencies":{"openai":"4"}}',
      },
      'declared',
      true,
    ],
    ['a lock file without its manifest tells nothing of the kind', { 'package-lock.json': lock }, 'declared', true],
    ['a variable alone', { '.env.example': 'OPENAI_API_KEY=\n' }, 'mentioned', true],
    ['a manifest alone', { 'package.json': '{"dependencies":{"openai":"4"}}' }, 'declared', true],
    ['an import alone', called, 'called', true],
    ['an import and its manifest', { ...called, 'package.json': '{"dependencies":{"openai":"4"}}' }, 'called', true],
    ['an import and an endpoint', { ...called, 'b.ts': 'fetch("https://api.openai.com")' }, 'confirmed', true],
  ])('%s', async (_, files, strength, closed) => {
    const result = await gateOn(repository(files));
    expect(finding(result, 'openai-api')?.strength).toBe(strength);
    expect(result.closed).toBe(closed);
  });

  it('lets the user choose how much closes the gate', async () => {
    const folder = repository({ 'package.json': manifest, 'package-lock.json': lock });
    expect((await gateOn(folder, { minStrength: 'transitive' })).closed).toBe(true);
    expect((await gateOn(repository(called), { minStrength: 'confirmed' })).closed).toBe(false);
  });
});

describe('models', () => {
  it('run on the service beside them, or on the only one of the repository', async () => {
    const result = await gateOn(
      repository({
        'a.ts':
          "import OpenAI from 'openai';\nimport { B } from '@aws-sdk/client-bedrock-runtime';\nf('gpt-4o', 'anthropic.claude-3-haiku-v1:0');\n",
        'settings.yaml': 'model: gpt-4.1\nsmall: grok-3-mini\n',
        'b.ts': "f('gpt-5-mini')",
      }),
    );
    expect(result.models.map(({ name, service }) => [name, service])).toEqual([
      ['anthropic.claude-3-haiku-v1:0', 'amazon-bedrock'],
      ['gpt-4.1', 'openai-api'],
      ['gpt-4o', 'openai-api'],
      ['grok-3-mini', undefined],
    ]);
    expect(finding(result, 'openai-api')?.models).toEqual(['gpt-4.1', 'gpt-4o']);
  });
});

describe('committed keys', () => {
  const body = ['Zx81', 'qwErt', 'y7Uio', 'p0Asd', 'f9Ghj'].join('');
  const key = `sk-proj-${body}`;
  it('are told by prefix and place and never shown, wherever they stand', async () => {
    const result = await gateOn(
      repository({
        'src/a.ts': `// ${key}\nconst k = "${key}";`,
        'README.md': `export OPENAI_API_KEY=${key}\n`,
        [`notes-${key}.yaml`]: `url: https://api.openai.com/${key}\nmodel: gpt-4o-${key}\n`,
        '.mcp.json': `{"mcpServers":{"${key}":{"command":"${key}"}}}`,
        'package.json': `{"x": ${key}}`,
      }),
    );
    expect(result.keys.map(({ prefix, service }) => `${prefix} ${service}`)).toContain('sk-proj-... openai-api');
    expect(new Set(result.keys.map(({ file, line }) => `${file}:${line}`))).toContain('README.md:1');
    expect(new Set(result.keys.map(({ file }) => file)).size).toBe(5);
    expect(JSON.stringify({ ...result, left: [...result.left] })).not.toContain(body);
    expect(JSON.stringify(result)).not.toContain(body.slice(0, 12));
  });
  it('are no placeholders', async () => {
    const result = await gateOn(
      repository({
        '.env.example':
          'A=sk-proj-your-key-goes-here-please-1\nB=sk-proj-xxxxxxxxxxxxxxxxxxxxxxxx1\nC=sk-proj-\nD=sk-proj-aaaaaaaaaaaaaaaaaaaaaaaaaa\n',
      }),
    );
    expect(result.keys).toEqual([]);
  });
  it('close the gate where that is asked for', async () => {
    const folder = repository({ 'a.md': key });
    const entries = [entry({ services: ['openai-api'] })];
    expect((await gateOn(folder, { entries })).closed).toBe(false);
    expect((await gateOn(folder, { entries, failOn: new Set(['key']) })).closed).toBe(true);
  });
});

describe('what is read', () => {
  const use = 'fetch("https://api.openai.com")';
  it.each<[string, Record<string, string>]>([
    [
      'vendored folders',
      {
        'node_modules/openai/index.js': use,
        'vendor/a.php': `<?php ${use}`,
        'dist/a.js': use,
        '.venv/lib/a.py': 'import openai',
      },
    ],
    ['output beside a manifest of its tool', { 'Cargo.toml': '[package]\n', 'target/a.rs': 'use async_openai::x;' }],
    ['documentation', { 'README.md': use, 'docs/a.rst': use, CHANGELOG: use }],
    ['squeezed programs', { 'a.min.js': use, 'b.js': `${use};${'x=1;'.repeat(10_000)}` }],
    ['binary files', { 'a.yaml': `\0${use}`, 'b.png': use }],
    [
      'what git ignores',
      { '.git/HEAD': 'x', '.gitignore': 'build/\n*.log.ts\n!keep.log.ts\n', 'build/a.ts': use, 'x/a.log.ts': use },
    ],
  ])('%s are left out', async (_, files) => {
    const result = await gateOn(repository(files));
    expect(services(result)).toEqual([]);
    expect(result.closed).toBe(false);
  });

  it('reads all of that where it is asked to', async () => {
    const folder = repository({
      'node_modules/a/b.js': use,
      'dist/a.js': use,
      '.git/HEAD': 'x',
      '.gitignore': 'gen/\n',
      'gen/a.ts': use,
    });
    const places = async (over: Parameters<typeof gateOn>[1]): Promise<string[]> =>
      (await gateOn(folder, over)).findings.flatMap(({ places: all }) => all.map(({ file }) => file)).sort();
    expect(await places({})).toEqual([]);
    expect(await places({ gitignore: false })).toEqual(['gen/a.ts']);
    expect(await places({ include: ['dist/'] })).toEqual(['dist/a.js']);
    expect(await places({ include: ['node_modules/a/**', 'gen/'] })).toEqual(['gen/a.ts', 'node_modules/a/b.js']);
    expect(await places({ gitignore: false, exclude: ['gen/'] })).toEqual([]);
  });

  it('takes rules of git from the folders above and below', async () => {
    const folder = repository({
      '.git/HEAD': 'x',
      '.gitignore': '/app/a.ts\n*.gen.ts\n',
      'app/a.ts': use,
      'app/x.gen.ts': use,
      'app/sub/.gitignore': '!x.gen.ts\nz.ts\n',
      'app/sub/x.gen.ts': use,
      'app/sub/z.ts': use,
    });
    const [whole, part] = await Promise.all([gateOn(folder), gateOn(join(folder, 'app'))]);
    expect(whole.findings[0]?.places.map(({ file }) => file)).toEqual(['app/sub/x.gen.ts']);
    expect(part.findings[0]?.places.map(({ file }) => file)).toEqual(['sub/x.gen.ts']);
  });

  it('reads UTF-16 as Windows tools write it', async () => {
    const result = await gateOn(repository({ 'requirements.txt': Buffer.from('\ufeffopenai==1.0\r\n', 'utf16le') }));
    expect(services(result)).toEqual(['openai-api']);
  });

  it('names a broken manifest, and reads the rest', async () => {
    const result = await gateOn(repository({ 'package.json': '{"dependencies":{\n"openai"}', ...called }));
    expect(services(result)).toEqual(['openai-api']);
    expect(result.problems).toEqual([
      { file: 'package.json', line: 2, message: 'is broken and was read in part: it lacks a colon' },
    ]);
  });
});

describe('a hostile repository', () => {
  it('leads nowhere by its links', async () => {
    const outside = repository({
      'secret.ts': 'fetch("https://api.anthropic.com")',
      'd/package.json': '{"dependencies":{"openai":"1"}}',
    });
    const folder = repository({ 'inside.json': '{"dependencies":{"@anthropic-ai/claude-code":"1"}}', 'a/x.txt': '' });
    symlinkSync(join(outside, 'secret.ts'), join(folder, 'link.ts'));
    symlinkSync(join(outside, 'd'), join(folder, 'd'));
    symlinkSync('..', join(folder, 'a/loop'));
    symlinkSync('self.ts', join(folder, 'self.ts'));
    symlinkSync('/dev/zero', join(folder, 'zero.ts'));
    symlinkSync('inside.json', join(folder, 'package.json'));
    const result = await gateOn(folder);
    expect(services(result)).toEqual(['claude-code']);
    expect(result.problems).toEqual([]);
    expect(result.left.get('link')).toBe(5);
  });

  it('does not read what is too large, and says so of a manifest', async () => {
    const folder = repository({ 'package.json': '', 'data.ts': '' });
    truncateSync(join(folder, 'package.json'), 1 << 30);
    truncateSync(join(folder, 'data.ts'), 1 << 30);
    const result = await gateOn(folder);
    expect(result.left.get('too large')).toBe(2);
    expect(result.problems).toEqual([
      { file: 'package.json', line: undefined, message: 'was not read: it is larger than 32 MiB' },
    ]);
  });

  it.each<[string, string]>([
    ['package.json', '['.repeat(1_000_000)],
    ['package.json', `{"a":${'{"a":'.repeat(100_000)}`],
    ['pom.xml', '<a>'.repeat(300_000)],
    [
      'pom.xml',
      `<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">${'<!ENTITY y "&x;&x;&x;">'.repeat(1000)}]><project>&y;&y;</project>`,
    ],
    ['pom.xml', `<a ${'b='.repeat(300_000)}`],
    ['Cargo.toml', `a = ${'['.repeat(500_000)}`],
    ['docker-compose.yml', `a: &a [x]\n${'b: &b [*a,*a,*a,*a]\n'.repeat(10_000)}`],
    ['a.js', `${"'\\".repeat(400_000)}`],
    ['a.js', `${"import('".repeat(200_000)}`],
    ['a.ts', `${'https://${'.repeat(200_000)}.openai.azure.com`],
    ['a.ts', `"${'a.ai'.repeat(200_000)}"`],
    ['a.yaml', 'a.'.repeat(500_000)],
    ['a.yaml', `x: ${'a/'.repeat(500_000)}gpt-4o`],
    ['.env', 'OPENAI_'.repeat(200_000)],
    ['a.md', 'sk-proj-'.repeat(200_000)],
    ['yarn.lock', '"a@'.repeat(500_000)],
    ['requirements.txt', ' '.repeat(1_000_000)],
    ['a.py', ' '.repeat(1_000_000)],
    ['a.py', `${"'''".repeat(300_001)}`],
    ['run.sh', 'npx '.repeat(300_000)],
    ['.mcp.json', `{"mcpServers":{${'"a":{"args":["x"]},'.repeat(50_000)}}}`],
    ['main.tf', 'aws_'.repeat(300_000)],
    ['a.ini', ' ;'.repeat(500_000)],
  ])('%s, made to take long, is read in bounded time', async (name, text) => {
    const folder = repository({});
    writeFileSync(join(folder, name), text);
    await gateOn(folder);
  });
});
