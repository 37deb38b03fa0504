import { describe, expect, it } from 'vitest';
import { acmeBot, halflight, temporaryFolder } from '../helpers/cli.js';

const own = temporaryFolder({ 'acme-bot.yaml': acmeBot });

describe('halflight catalog', () => {
  it('lists all services, one a line', async () => {
    const { code, stdout } = await halflight(['catalog', 'list', '--signatures', own]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.find((line) => line.startsWith('chatgpt '))).toMatch(/^chatgpt +chat +ChatGPT \(OpenAI\)$/);
    expect(lines.some((line) => line.startsWith('acme-bot '))).toBe(true);
  });

  it('lists them as JSON', async () => {
    const { stdout } = await halflight(['catalog', 'list', '--json']);
    const services = JSON.parse(stdout) as Record<string, unknown>[];
    expect(services.find(({ id }) => id === 'chatgpt')).toEqual({
      id: 'chatgpt',
      name: 'ChatGPT',
      vendor: 'OpenAI',
      category: 'chat',
      embedded: false,
      confidence: 'high',
    });
  });

  it('shows all of one service', async () => {
    const { code, stdout } = await halflight(['catalog', 'show', 'chatgpt']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'chatgpt', vendor: { name: 'OpenAI' }, hosts: expect.any(Array) });
  });

  it('says how deep it is', async () => {
    const [text, json] = await Promise.all([
      halflight(['catalog', 'stats']),
      halflight(['catalog', 'stats', '--json']),
    ]);
    const stats = JSON.parse(json.stdout) as Record<string, unknown>;
    expect(stats).toMatchObject({
      services: expect.any(Number),
      hosts: expect.any(Number),
      vendors: expect.any(Number),
    });
    expect(text.stdout).toMatch(new RegExp(`^services +${stats.services}$`, 'm'));
    expect(text.stdout).toMatch(/^api endpoints +\d+\n {2}openai +\d+$/m);
    expect(
      Math.max(
        ...text.stdout
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  it('lists what nobody has looked at for a year, to a day that is asked for', async () => {
    const [before, after, wrong] = await Promise.all([
      halflight(['catalog', 'stats', '--as-of', '2026-12-01', '--json']),
      halflight(['catalog', 'stats', '--as-of', '2033-01-01']),
      halflight(['catalog', 'stats', '--as-of', '2026-02-30']),
    ]);
    expect(JSON.parse(before.stdout)).toMatchObject({ as_of: '2026-12-01', stale: [] });
    expect(after.stdout).toMatch(/\nchecked more than a year before 2033-01-01; .+:\n {2}\d{4}-\d\d-\d\d {2}\S+\n/);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('YYYY-MM-DD')]);
  });

  it('checks what comes with it and what the organisation adds', async () => {
    const { code, stdout } = await halflight(['catalog', 'check', '--signatures', own]);
    expect(stdout).toMatch(/\n\d+ services, \d+ popular hosts: all checks hold\n$/);
    expect(code).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says in numbers what it asked, and how often the answer was wrong', async () => {
    const wrong = temporaryFolder({
      'acme-bot.yaml': acmeBot
        .replace('hosts: [', 'hosts: [en.wikipedia.org, ')
        .replace('hit: [', 'hit: [elsewhere.example, ')
        .replace('miss: [', 'miss: [en.wikipedia.org, '),
    });
    const [own, none, text] = await Promise.all([
      halflight(['catalog', 'check', '--signatures', wrong, '--json']),
      halflight(['catalog', 'check', '--json']),
      halflight(['catalog', 'check']),
    ]);
    type Checked = Record<'hits' | 'misses' | 'spellings' | 'popular', { asked: number; wrong: number }>;
    const [faulty, whole] = [own, none].map(({ stdout }) => (JSON.parse(stdout) as { checked: Checked }).checked);
    expect([own.code, none.code]).toEqual([1, 0]);
    if (faulty === undefined || whole === undefined) throw new Error('two answers');
    for (const { asked, wrong: none } of Object.values(whole)) {
      expect(asked).toBeGreaterThan(1500);
      expect(none).toBe(0);
    }
    expect(faulty.hits).toEqual({ asked: whole.hits.asked + 3, wrong: 1 });
    expect(faulty.misses).toEqual({ asked: whole.misses.asked + 2, wrong: 1 });
    expect(faulty.popular).toEqual({ asked: whole.popular.asked, wrong: 1 });
    // Two of the three examples are plain hosts; there are nine other spellings of each.
    expect(faulty.spellings).toEqual({ asked: whole.spellings.asked + 18, wrong: 0 });
    expect(text.stdout).toMatch(new RegExp(`^examples that must hit +${whole.hits.asked} asked, 0 wrong$`, 'm'));
    expect(text.stdout).toMatch(
      new RegExp(`^popular hosts that are no AI +${whole.popular.asked} asked, 0 wrong$`, 'm'),
    );
  });

  it('a broken signature fails the check, with file, line and field', async () => {
    const broken = temporaryFolder({
      'acme-bot.yaml': acmeBot.replace('category: chat', 'category: chit-chat'),
      'other.yaml': 'id: other\nname: [\n',
    });
    const [text, json] = await Promise.all([
      halflight(['catalog', 'check', '--signatures', broken]),
      halflight(['catalog', 'check', '--signatures', broken, '--json']),
    ]);
    expect([text.code, json.code]).toEqual([1, 1]);
    expect(text.stdout).toContain(`${broken}/acme-bot.yaml:4: category: `);
    expect(text.stdout).toMatch(new RegExp(`^${broken}/other.yaml:\\d+: is no YAML: `, 'm'));
    expect(text.stdout).toMatch(/: 2 problems\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      problems: [{ file: `${broken}/acme-bot.yaml`, line: 4, field: 'category' }, { file: `${broken}/other.yaml` }],
    });
  });

  it("a fault in a folder's low-confidence list fails the check", async () => {
    const folder = temporaryFolder({ 'acme-bot.yaml': acmeBot, 'low-confidence.tsv': 'b.example\tB\tgossip\tus\n' });
    const { code, stdout } = await halflight(['catalog', 'check', '--signatures', folder]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${folder}/low-confidence.tsv:1: is no row`);
  });

  it('an example that does not hold fails the check', async () => {
    const wrong = temporaryFolder({ 'acme-bot.yaml': acmeBot.replace('hit: [', 'hit: [elsewhere.example, ') });
    const { code, stdout } = await halflight(['catalog', 'check', '--signatures', wrong]);
    expect(code).toBe(1);
    expect(stdout).toContain('elsewhere.example');
    expect(stdout).toMatch(/: 1 problem\n$/);
  });
});
