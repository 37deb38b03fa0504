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
  });

  it('checks what comes with it and what the organisation adds', async () => {
    const { code, stdout } = await halflight(['catalog', 'check', '--signatures', own]);
    expect(stdout).toMatch(/^\d+ services, \d+ popular hosts: all checks hold\n$/);
    expect(code).toBe(0);
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

  it('an example that does not hold fails the check', async () => {
    const wrong = temporaryFolder({ 'acme-bot.yaml': acmeBot.replace('hit: [', 'hit: [elsewhere.example, ') });
    const { code, stdout } = await halflight(['catalog', 'check', '--signatures', wrong]);
    expect(code).toBe(1);
    expect(stdout).toContain('elsewhere.example');
    expect(stdout).toMatch(/: 1 problem\n$/);
  });
});
