import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from './random.js';

/** What a repository was given: service -> `file:line` of everything that uses it. */
export type PlantedUse = Map<string, Set<string>>;

/** A line of code or configuration that uses a service, for files that end so. Written from public documentation, not from src/. */
const uses: readonly { service: string; ends: readonly string[]; line: string }[] = [
  { service: 'openai-api', ends: ['ts', 'js'], line: "const base = 'https://api.openai.com/v1/responses';" },
  { service: 'openai-api', ends: ['env'], line: 'OPENAI_API_KEY=' },
  { service: 'claude-api', ends: ['py'], line: 'BASE = "https://api.anthropic.com/v1/messages"' },
  { service: 'claude-api', ends: ['env'], line: 'ANTHROPIC_API_KEY=' },
  { service: 'mistral-api', ends: ['go', 'java'], line: '\tString base = "https://api.mistral.ai/v1";' },
  { service: 'azure-openai', ends: ['yaml'], line: 'endpoint: https://shop-eu.openai.azure.com/openai/v1' },
  { service: 'groq', ends: ['json'], line: '{"base": "https://api.groq.com/openai/v1"}' },
  { service: 'amazon-bedrock', ends: ['tf'], line: 'resource "aws_bedrock_guardrail" "g" {}' },
  { service: 'ollama', ends: ['dockerfile'], line: 'FROM ollama/ollama:0.9' },
];

/** Lines that name AI and use nothing: comments, look-alikes, members of objects. */
const traps: Readonly<Record<string, readonly string[]>> = {
  ts: ['// see https://api.openai.com/v1', "const host = 'api.openai.com.shop.example';", 'const v = point.x.ai;'],
  js: ["/* 'https://api.anthropic.com' */", "import x from './openai-like.js';"],
  py: ['# import openai', 'from shop.openai_mock import run'],
  go: ['// "github.com/openai/openai-go"'],
  java: ['// import com.openai.client.OpenAIClient;'],
  yaml: ['# endpoint: https://api.openai.com'],
  env: ['# OPENAI_API_KEY=', 'MY_OPENAI_API_KEY='],
};

const words =
  'account address amount basket batch buffer cache cart channel client code column cost count customer date delta detail email entry event field file filter first group handle header index input invoice item key label last limit line list map member message model name next node note number offer order page parent part path payment person place point price process product profile quantity query queue range record region report request result retry role row rule search session shop size sort source stage start state status step stock store street sum table target tax text time title token total type unit update user value vendor version view weight width window worker year zone'.split(
    ' ',
  );

/** Sort of file, share in a hundred, and how a line of it looks. */
const sorts: readonly [end: string, share: number, line: (w: () => string, n: number) => string][] = [
  [
    'ts',
    34,
    (w, n) => `export const ${w()}${cap(w())} = (${w()}: ${cap(w())}) => ${w()}.${w()}(${w()}, ${n}, '${w()} ${w()}');`,
  ],
  ['js', 10, (w, n) => `  ${w()}.${w()} = ${w()}.${w()} + ${n}; // ${w()} ${w()} ${w()}`],
  ['py', 16, (w, n) => `    ${w()}_${w()} = self.${w()}.${w()}("${w()} ${w()}", ${n})`],
  ['go', 8, (w, n) => `\t${w()}${cap(w())}, err := ${w()}.${cap(w())}(ctx, ${n}, "${w()}-${w()}")`],
  ['java', 8, (w, n) => `        ${cap(w())} ${w()} = this.${w()}.get${cap(w())}("${w()}", ${n});`],
  ['yaml', 8, (w, n) => `${w()}_${w()}: https://${w()}.shop.example/${w()}/${n}`],
  ['json', 8, (w, n) => `{"${w()}": "${w()} ${w()}", "${w()}": ${n}, "url": "https://${w()}.shop.example/${w()}"}`],
  ['md', 5, (w, n) => `The ${w()} of the ${w()} is ${n}, see https://api.openai.com/${w()} and ${w()}.`],
  ['tf', 1, (w, n) => `resource "aws_s3_bucket" "${w()}_${w()}_${n}" {}`],
  ['env', 1, (w, n) => `${w().toUpperCase()}_${w().toUpperCase()}=${n}`],
  ['dockerfile', 1, (w, n) => `ENV ${w().toUpperCase()}=${w()}${n}`],
];
const cap = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * Writes a repository of `count` files with a seeded plan: ordinary code in a tree of folders, one file in a hundred using a service, one
 * in fifty holding something that only looks so, and ten lock files of 3,000 packages each.
 */
export function writeRepository(folder: string, count: number, seed: number): PlantedUse {
  const random = new Random(seed);
  const word = (): string => words[random.below(words.length)] ?? '';
  const planted: PlantedUse = new Map();
  const made = new Set<string>();
  const deck = sorts.flatMap((sort) => Array.from({ length: sort[1] }, () => sort));
  const put = (path: string, text: string): void => {
    const parent = join(folder, path, '..');
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(join(folder, path), text);
  };
  for (let i = 0; i < 10; i++) put(`packages/p${i}/package-lock.json`, lockFile(random, 3000));
  for (let i = 10; i < count; i++) {
    const [end, , line] = deck[random.below(deck.length)] ?? sorts[0] ?? [];
    if (end === undefined || line === undefined) continue;
    const path = `packages/p${i % 40}/src/${words[random.below(16)]}/${words[random.below(10)]}/f${i}.${end}`;
    // JSON has one value, and so one line.
    const lines = Array.from({ length: end === 'json' ? 1 : 10 + random.below(120) }, () =>
      line(word, random.below(10_000)),
    );
    const use = uses.filter(({ ends }) => ends.includes(end));
    const trap = traps[end] ?? [];
    if (use.length > 0 && random.below(100) === 0) {
      const chosen = use[random.below(use.length)];
      const at = random.below(lines.length);
      if (chosen !== undefined) {
        lines[at] = chosen.line;
        planted.set(chosen.service, (planted.get(chosen.service) ?? new Set()).add(`${path}:${at + 1}`));
      }
    } else if (trap.length > 0 && random.below(50) === 0)
      lines[random.below(lines.length)] = trap[random.below(trap.length)] ?? '';
    put(path, `${lines.join('\n')}\n`);
  }
  return planted;
}

function lockFile(random: Random, packages: number): string {
  const entries = Array.from({ length: packages }, (_, i) => {
    const name = `${words[random.below(words.length)]}-${words[random.below(words.length)]}-${i}`;
    return [
      `node_modules/${name}`,
      { version: `1.${i}.0`, resolved: `https://registry.shop.example/${name}`, license: 'MIT' },
    ];
  });
  return JSON.stringify({ name: 'p', lockfileVersion: 3, packages: Object.fromEntries(entries) }, null, 2);
}
