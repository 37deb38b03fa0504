import { describe, expect, it } from 'vitest';
import { acmeBot, halflight, ndjson, temporaryFolder } from '../helpers/cli.js';

const inputs = [
  'chatgpt.com',
  'Gemini.Google.com.',
  'bedrock-runtime.eu-west-1.amazonaws.com',
  'https://www.notion.so/x',
  'example.org',
  'http://[bad',
  '\u001b[31mx',
];

describe('halflight match', () => {
  it('answers in the order of its arguments, one JSON object a line', async () => {
    const { code, stdout, stderr } = await halflight(['match', '--json', ...inputs]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answers = ndjson(stdout);
    expect(answers.map(({ input }) => input)).toEqual(inputs);
    expect(answers[0]).toEqual({
      input: 'chatgpt.com',
      host: 'chatgpt.com',
      service: 'chatgpt',
      vendor: 'OpenAI',
      category: 'chat',
      signature: 'chatgpt.com',
      match: 'suffix',
      embedded: false,
      confidence: 'high',
    });
    expect(answers[1]).toMatchObject({ host: 'gemini.google.com', service: 'gemini' });
    expect(answers[2]).toMatchObject({ service: 'amazon-bedrock', match: 'wildcard' });
    expect(answers[3]).toEqual({
      input: 'https://www.notion.so/x',
      host: 'www.notion.so',
      service: null,
      weak: 'notion-ai',
    });
    expect(answers[4]).toEqual({ input: 'example.org', host: 'example.org', service: null });
    expect(answers[5]).toEqual({ input: 'http://[bad', error: 'neither a host name nor a URL' });
    expect(answers[6]).toHaveProperty('error');
  });

  it('says the same of lines on standard input', async () => {
    const [fromArguments, fromLines, fromWindows] = await Promise.all([
      halflight(['match', '--json', ...inputs]),
      halflight(['match', '--json'], { input: inputs.join('\n') }),
      halflight(['match', '--json'], { input: `${inputs.join('\r\n')}\r\n` }),
    ]);
    expect(fromLines).toEqual(fromArguments);
    expect(fromWindows).toEqual(fromArguments);
  });

  it('keeps the order and loses nothing over many lines', async () => {
    const hosts = Array.from({ length: 50_000 }, (_, n) => `h${n}.chatgpt.com`);
    const { stdout } = await halflight(['match', '--json'], { input: hosts.join('\n') });
    expect(ndjson(stdout).map(({ input }) => input)).toEqual(hosts);
  });

  it('writes sentences for people, and no control character of the input', async () => {
    const { stdout } = await halflight(['match', ...inputs]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(inputs.length);
    expect(lines[0]).toContain('chatgpt.com: ChatGPT (OpenAI), chat');
    expect(lines[3]).toContain('no AI use by itself (a host of the product with Notion AI inside)');
    expect(lines[6]).toBe('\\u{1b}[31mx: neither a host name nor a URL');
  });

  it("knows the organisation's own signatures", async () => {
    const signatures = temporaryFolder({ 'acme-bot.yaml': acmeBot });
    const { code, stdout } = await halflight(['match', '--json', 'bot.acme.example', '--signatures', signatures]);
    expect(code).toBe(0);
    expect(ndjson(stdout)[0]).toMatchObject({ service: 'acme-bot', vendor: 'Acme' });
  });

  it('does not work with broken signatures: they would call AI use ordinary', async () => {
    const signatures = temporaryFolder({ 'broken.yaml': 'id: broken\nname: [\n' });
    const { code, stdout, stderr } = await halflight(['match', 'example.org', '--signatures', signatures]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`${signatures}/broken.yaml:`);
  });

  it("says how many of the organisation's own signatures the catalog has already; the answer stays clean", async () => {
    const taken = temporaryFolder({ 'acme-bot.yaml': acmeBot.replace('hosts: [', 'hosts: [claude.ai, chatgpt.com, ') });
    const [match, scan, clean] = await Promise.all([
      halflight(['match', '--json', 'bot.acme.example', '--signatures', taken]),
      halflight(['scan', '-', '--json', '--signatures', taken], { input: '' }),
      halflight(['match', 'bot.acme.example', '--signatures', temporaryFolder({ 'acme-bot.yaml': acmeBot })]),
    ]);
    const warning = `halflight: 2 signatures in ${taken} are claimed twice, and only one claim counts: see "halflight catalog check --signatures ${taken}"\n`;
    expect(match.stderr).toBe(warning);
    expect(JSON.parse(match.stdout)).toMatchObject({ service: 'acme-bot' });
    expect(match.code).toBe(0);
    expect(scan.stderr).toContain(warning);
    expect(clean.stderr).toBe('');
  });
});
