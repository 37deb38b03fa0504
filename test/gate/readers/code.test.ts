import { describe, expect, it } from 'vitest';
import { seen } from '../helpers.js';

describe('imports', () => {
  it.each<[string, string, string[]]>([
    [
      'a.ts',
      "import OpenAI from 'openai';\nimport { x } from '@anthropic-ai/sdk/resources';\n",
      ['import claude-api @anthropic-ai/sdk :2', 'import openai-api openai :1'],
    ],
    [
      'a.js',
      'const a = require("openai"), b = await import("@ai-sdk/openai");',
      ['import openai-api @ai-sdk/openai :1', 'import openai-api openai :1'],
    ],
    [
      'a.mjs',
      "// import OpenAI from 'openai'\n/* import 'openai' */\nimport x from './openai';\nimport y from 'openai-like';\n",
      [],
    ],
    ['a.ts', "import OpenAI from 'npm:openai@4';\n", ['import openai-api openai :1']],
    ['a.ts', "import OpenAI from 'https://esm.sh/openai@4.2';\n", ['import openai-api openai :1']],
    ['a.vue', '<script setup>\nimport OpenAI from "openai"\n</script>', ['import openai-api openai :2']],
    [
      'a.py',
      'import os, openai as o\nfrom langchain_openai import ChatOpenAI\n',
      ['import openai-api langchain-openai :2', 'import openai-api openai :1'],
    ],
    [
      'a.py',
      'import google.generativeai as genai\n  from google import genai\n',
      ['import gemini-api google-genai :2', 'import gemini-api google-generativeai :1'],
    ],
    ['a.py', '"""\nimport openai\n"""\n# import openai\nfrom google import auth\nimport openai_like\n', []],
    [
      'a.ipynb',
      '{"cells":[{"cell_type":"code","source":["!pip install openai>=1\\n","import anthropic\\n"],"outputs":[{"text":["import openai"]}]}]}',
      ['dependency openai-api openai :1', 'import claude-api anthropic :1'],
    ],
    [
      'a.go',
      'package x\n\nimport (\n\t"fmt"\n\toai "github.com/openai/openai-go/option"\n)\n',
      ['import openai-api github.com/openai/openai-go :5'],
    ],
    [
      'A.java',
      'import com.openai.client.OpenAIClient;\nimport dev.langchain4j.model.anthropic.AnthropicChatModel;\n',
      ['import claude-api dev.langchain4j:langchain4j-anthropic :2', 'import openai-api com.openai:openai-java :1'],
    ],
    [
      'A.kt',
      'import dev.langchain4j.model.openai.OpenAiChatModel\nimport dev.langchain4j.data.Message\n',
      ['import openai-api dev.langchain4j:langchain4j-open-ai :1'],
    ],
    [
      'A.cs',
      'using OpenAI.Chat;\nusing Azure.AI.OpenAI;\nusing OpenAIx;\n',
      ['import azure-openai Azure.AI.OpenAI :2', 'import openai-api OpenAI :1'],
    ],
    ['a.rs', 'use async_openai::Client;\n', ['import openai-api async-openai :1']],
    ['a.rb', "require 'openai'\nrequire 'open3'\n", ['import openai-api ruby-openai :1']],
    ['a.php', '<?php\nuse OpenAI\\Client;\nuse Openair\\X;\n', ['import openai-api openai-php/client :2']],
  ])('%s: %j', (path, text, expected) => expect(seen(path, text)).toEqual(expected));
});

describe('endpoints', () => {
  it.each<[string, string, string[]]>([
    ['a.ts', 'fetch("https://api.openai.com/v1/chat/completions")', ['endpoint openai-api api.openai.com :1']],
    ['a.ts', "const host = 'API.OpenAI.com';", ['endpoint openai-api api.openai.com :1']],
    ['a.ts', '// https://api.openai.com\nconst a = 1; // api.openai.com\n/* "api.openai.com" */', []],
    [
      'a.ts',
      'const u = `https://$' + '{resource}.openai.azure.com/openai`;',
      ['endpoint azure-openai x.openai.azure.com :1'],
    ],
    [
      'a.py',
      'u = f"https://bedrock-runtime.{region}.amazonaws.com"\n',
      ['endpoint amazon-bedrock bedrock-runtime.x.amazonaws.com :1'],
    ],
    ['a.go', 'u := fmt.Sprintf("https://%s.openai.azure.com/", name)', ['endpoint azure-openai x.openai.azure.com :1']],
    ['a.tf', 'endpoint = "https://$' + '{var.name}.openai.azure.com"', ['endpoint azure-openai x.openai.azure.com :1']],
    [
      'values.yaml',
      'url: https://{{ .Values.name }}.openai.azure.com\n',
      ['endpoint azure-openai x.openai.azure.com :1'],
    ],
    ['a.ts', 'const y = response.x.ai; foo.x.ai("a")', []],
    ['a.ts', 'const y = "https://x.ai/api"', ['endpoint x x.ai :1']],
    [
      'a.ts',
      '"https://stats.x.ai", "https://suite.example/a", "https://api.openai.com.evil.example", "notapi.openai.com"',
      [],
    ],
    ['app.yaml', 'base: api.openai.com\n# other: api.anthropic.com\n', ['endpoint openai-api api.openai.com :1']],
    ['a.properties', 'base=https\\://api.openai.com\n# api.anthropic.com\n', ['endpoint openai-api api.openai.com :1']],
    [
      'config.xml',
      '<a><!-- api.anthropic.com --><b url="https://api.openai.com"/></a>',
      ['endpoint openai-api api.openai.com :1'],
    ],
    [
      'a.ts',
      'new Ollama({ host: "http://localhost:11434" }); "https://shop.example.org:11434"; "http://localhost:3000/x"',
      ['endpoint ollama localhost:11434 :1'],
    ],
    [
      'compose.yml',
      'environment:\n  - URL=http://ollama:11434/api\nports: ["11434:11434"]\n',
      ['endpoint ollama ollama:11434 :2'],
    ],
    ['a.ts', 'fetch("https://llm.acme.internal.net/v1/chat/completions")', ['candidate llm.acme.internal.net :1']],
    ['README.md', 'Call https://api.openai.com and `import openai`.\n', []],
  ])('%s: %j', (path, text, expected) => expect(seen(path, text)).toEqual(expected));
});

describe('configuration', () => {
  it.each<[string, string, string[]]>([
    [
      '.env.example',
      'OPENAI_API_KEY=\n# ANTHROPIC_API_KEY=\nAZURE_OPENAI_ENDPOINT=\nMY_OPENAI_API_KEY=\n',
      ['variable azure-openai AZURE_OPENAI_ENDPOINT :3', 'variable openai-api OPENAI_API_KEY :1'],
    ],
    [
      'a.ts',
      'const k = process.env.OPENAI_API_KEY; const ANTHROPIC_API_KEY = 1;',
      ['variable openai-api OPENAI_API_KEY :1'],
    ],
    ['a.py', 'os.environ["ANTHROPIC_API_KEY"]\n', ['variable claude-api ANTHROPIC_API_KEY :1']],
    [
      'main.tf',
      'resource "aws_bedrock_guardrail" "x" {\n  actions = ["bedrock:InvokeModel"]\n}\n# aws_bedrock_y\n',
      ['resource amazon-bedrock aws_bedrock_guardrail :1', 'resource amazon-bedrock bedrock:InvokeModel :2'],
    ],
    [
      'stack.yaml',
      'Resources:\n  A:\n    Type: AWS::Bedrock::Agent\n',
      ['resource amazon-bedrock AWS::Bedrock::Agent :3'],
    ],
    ['stack.json', '{"Type":"AWS::Bedrock::Agent"}', ['resource amazon-bedrock AWS::Bedrock::Agent :1']],
    ['a.py', "boto3.client('bedrock-runtime', region_name='x')", ['resource amazon-bedrock bedrock-runtime :1']],
    [
      'docker-compose.yml',
      'services:\n  llm:\n    image: "docker.io/ollama/ollama:0.9@sha256:00"\n  #  image: ollama/ollama\n',
      ['image ollama ollama/ollama :3'],
    ],
    [
      'Dockerfile',
      'FROM --platform=linux/amd64 ollama/ollama:latest AS x\nRUN ollama pull llama3\n',
      ['command ollama ollama :2', 'image ollama ollama/ollama :1'],
    ],
    ['deploy.yaml', 'containers:\n  - image: registry.example.org/my-ollama/ollamax:1\n', []],
    [
      'run.sh',
      '#!/bin/sh\nset -e\nclaude -p "hi" && npx -y @anthropic-ai/claude-code\npip install anthropic\necho claude\n',
      [
        'command claude-api anthropic :4',
        'command claude-code @anthropic-ai/claude-code :3',
        'command claude-code claude :3',
      ],
    ],
    [
      '.github/workflows/ci.yml',
      'jobs:\n  a:\n    steps:\n      - run: claude review\n',
      ['command claude-code claude :4'],
    ],
  ])('%s: %j', (path, text, expected) => expect(seen(path, text)).toEqual(expected));
});

describe('MCP configuration', () => {
  it.each<[string, string, string[]]>([
    [
      '.mcp.json',
      '{"mcpServers":{\n"files":{"command":"npx","args":["-y","@scope/server-files@1.2","/"]},\n"notion":{"url":"https://mcp.notion.example/mcp"},\n"own":{"command":"./bin/own.exe"}}}',
      [
        'candidate MCP server own :4',
        'mcp files-mcp files (@scope/server-files) :2',
        'mcp notion-mcp notion (mcp.notion.example) :3',
      ],
    ],
    [
      '.cursor/mcp.json',
      '{"mcpServers":{"n":{"command":"npx","args":["mcp-remote","https://mcp.notion.example/mcp"]}}}',
      ['mcp notion-mcp n (mcp.notion.example) :1'],
    ],
    [
      '.vscode/mcp.json',
      '{ // servers\n"servers":{"f":{"type":"stdio","command":"cmd","args":["/c","npx","-y","@scope/server-files"],}}}',
      ['mcp files-mcp f (@scope/server-files) :2'],
    ],
    [
      '.vscode/settings.json',
      '{"editor.x":1,"mcp":{"servers":{"f":{"command":"npx","args":["@scope/server-files"]}}}}',
      ['mcp files-mcp f (@scope/server-files) :1'],
    ],
    [
      'claude_desktop_config.json',
      '{"mcpServers":{"f":{"command":"npx","args":["@scope/server-files"]}}}',
      ['mcp files-mcp f (@scope/server-files) :1'],
    ],
    [
      '.codex/config.toml',
      '[mcp_servers.f]\ncommand = "npx"\nargs = ["-y", "@scope/server-files"]\n',
      ['mcp files-mcp f (@scope/server-files) :1'],
    ],
    ['other.json', '{"mcpServers":{"f":{"command":"npx","args":["@scope/server-files"]}}}', []],
  ])('%s: %j', (path, text, expected) =>
    expect(seen(path, text).filter((item) => !item.startsWith('endpoint'))).toEqual(expected),
  );
});

describe('models', () => {
  it.each<[string, string, string[]]>([
    ['a.yaml', 'model: gpt-4o-mini\nother: gpt-partition\n', ['model gpt-4o-mini of OpenAI :1']],
    [
      'a.ts',
      'x({ model: "claude-sonnet-4-5" }); // "gpt-4o"\nconst claude = "claude-desktop";',
      ['model claude-sonnet-4-5 of Anthropic :1'],
    ],
    [
      'a.py',
      'model_id="us.anthropic.claude-3-5-sonnet-20241022-v2:0"\n',
      ['model us.anthropic.claude-3-5-sonnet-20241022-v2:0 of Anthropic :1'],
    ],
    [
      'a.json',
      '{"m":"meta-llama/Llama-3.1-8B-Instruct","n":"mistral-large-latest"}',
      ['model meta-llama/Llama-3.1-8B-Instruct of Meta :1', 'model mistral-large-latest of Mistral AI :1'],
    ],
    ['a.yaml', 'note: the llama and the mistral wind\nfile: gpt-2.js\n', []],
  ])('%s: %j', (path, text, expected) => expect(seen(path, text)).toEqual(expected));
});
