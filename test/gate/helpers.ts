import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { loadPlugins } from '../../src/core/plugins.js';
import type { InventoryEntry } from '../../src/core/register.js';
import { fileName, SourceFile, Unreadable } from '../../src/gate/common/file.js';
import { GateIndex } from '../../src/gate/common/gate-index.js';
import { parseGlob } from '../../src/gate/common/globs.js';
import type { GateReader } from '../../src/gate/common/reader.js';
import { type GateOptions, runGate } from '../../src/gate/gate.js';
import { closingByDefault, type GateResult } from '../../src/gate/result.js';
import { service } from '../helpers/service.js';

/** A small catalog with one of everything. */
export const catalog = compileCatalog([
  service({
    id: 'openai-api',
    name: 'OpenAI API',
    category: 'model-api',
    vendor: { name: 'OpenAI' },
    hosts: [{ host: 'api.openai.com', role: 'api' }],
    packages: [
      { ecosystem: 'npm', name: 'openai' },
      { ecosystem: 'npm', name: '@ai-sdk/openai' },
      { ecosystem: 'pypi', name: 'openai' },
      { ecosystem: 'pypi', name: 'langchain-openai' },
      { ecosystem: 'go', name: 'github.com/openai/openai-go' },
      { ecosystem: 'maven', name: 'com.openai:openai-java' },
      { ecosystem: 'maven', name: 'dev.langchain4j:langchain4j-open-ai' },
      { ecosystem: 'crates', name: 'async-openai' },
      { ecosystem: 'nuget', name: 'OpenAI' },
      { ecosystem: 'rubygems', name: 'ruby-openai' },
      { ecosystem: 'packagist', name: 'openai-php/client' },
    ],
    keys: [{ prefix: 'sk-proj-' }],
    variables: ['OPENAI_*'],
  }),
  service({
    id: 'claude-api',
    name: 'Claude API',
    category: 'model-api',
    vendor: { name: 'Anthropic' },
    hosts: [{ host: 'api.anthropic.com', role: 'api' }],
    packages: [
      { ecosystem: 'npm', name: '@anthropic-ai/sdk' },
      { ecosystem: 'pypi', name: 'anthropic' },
      { ecosystem: 'maven', name: 'dev.langchain4j:langchain4j-anthropic' },
    ],
    keys: [{ prefix: 'sk-ant-api03-' }],
    variables: ['ANTHROPIC_API_KEY'],
  }),
  service({
    id: 'claude-code',
    category: 'coding',
    vendor: { name: 'Anthropic' },
    packages: [
      { ecosystem: 'npm', name: '@anthropic-ai/claude-code' },
      { ecosystem: 'cli', name: 'claude' },
    ],
  }),
  service({
    id: 'gemini-api',
    category: 'model-api',
    vendor: { name: 'Google' },
    hosts: [{ host: 'generativelanguage.googleapis.com', role: 'api' }],
    packages: [
      { ecosystem: 'pypi', name: 'google-generativeai' },
      { ecosystem: 'pypi', name: 'google-genai' },
    ],
  }),
  service({
    id: 'azure-openai',
    category: 'model-api',
    vendor: { name: 'Microsoft' },
    hosts: [{ host: '*.openai.azure.com', role: 'api' }],
    packages: [{ ecosystem: 'nuget', name: 'Azure.AI.OpenAI' }],
    variables: ['AZURE_OPENAI_*'],
  }),
  service({
    id: 'amazon-bedrock',
    category: 'model-api',
    vendor: { name: 'Amazon' },
    hosts: [{ host: 'bedrock-runtime.*.amazonaws.com', role: 'api' }],
    packages: [{ ecosystem: 'npm', name: '@aws-sdk/client-bedrock-runtime' }],
    resources: ['aws_bedrock*', 'AWS::Bedrock::*', 'bedrock:*', 'bedrock-runtime'],
  }),
  service({
    id: 'ollama',
    category: 'local-runtime',
    vendor: { name: 'Ollama' },
    packages: [{ ecosystem: 'cli', name: 'ollama' }],
    images: ['ollama/ollama'],
    ports: [
      { port: 11434, path: '/api' },
      { port: 3000, path: '/api' },
    ],
  }),
  service({ id: 'notion-mcp', hosts: ['mcp.notion.example'], mcp: true, vendor: { name: 'Notion' } }),
  service({
    id: 'files-mcp',
    vendor: { name: 'Files' },
    packages: [{ ecosystem: 'npm', name: '@scope/server-files', kind: 'mcp-server' }],
  }),
  service({ id: 'suite-ai', embedded: true, hosts: [{ host: 'suite.example', weak: true }] }),
  service({ id: 'x', hosts: ['x.ai', { host: 'stats.x.ai', role: 'telemetry' }] }),
]);
export const index = new GateIndex(catalog);

const readers = await loadPlugins<GateReader>(join(import.meta.dirname, '../../src/gate/readers'), 'reader');

/** What all readers see in one file, as `kind service what :line`, sorted; models and candidates without service; a fault as `broken`. */
export function seen(path: string, text: string): string[] {
  const name = fileName(path);
  const found = new Set<string>();
  for (const reader of readers.values()) {
    if (!reader.reads(name)) continue;
    try {
      for (const item of reader.read(new SourceFile(name, text), index))
        found.add(
          item.kind === 'model'
            ? `model ${item.name} of ${item.maker} :${item.line}`
            : item.kind === 'candidate'
              ? `candidate ${item.what} :${item.line}`
              : `${item.kind} ${item.service} ${item.what} :${item.line}`,
        );
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      found.add(`broken: ${error.message}`);
    }
  }
  return [...found].sort();
}

const base = mkdtempSync(join(tmpdir(), 'halflight-gate-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A folder with files, removed after the tests of the file. */
export function repository(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(base, 'repository-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The gate on a folder, on 1 March 2026; the test says what differs. */
export const gateOn = (
  folder: string,
  {
    include = [],
    exclude = [],
    ...over
  }: Partial<Omit<GateOptions, 'include' | 'exclude'>> & {
    include?: readonly string[];
    exclude?: readonly string[];
  } = {},
): Promise<GateResult> =>
  runGate(folder, {
    catalog,
    entries: [],
    day: '2026-03-01',
    environment: undefined,
    gitignore: true,
    failOn: new Set(closingByDefault),
    minStrength: 'mentioned',
    explain: (error) => String(error),
    ...over,
    include: include.flatMap((pattern) => parseGlob(pattern) ?? []),
    exclude: exclude.flatMap((pattern) => parseGlob(pattern) ?? []),
  });

export const entry = (over: Partial<InventoryEntry>): InventoryEntry => ({
  id: 'e1',
  name: 'An entry',
  services: [],
  workspaces: [],
  allowed_account: 'any',
  allowed_groups: [],
  allowed_data_classes: [],
  approvers: [],
  integration_points: [],
  tools: [],
  systems_reached: [],
  data_categories: [],
  sensitive_sources: {},
  prompt_templates: [],
  status: 'approved',
  conditions: [],
  ...over,
});
