import { describe, expect, it } from 'vitest';
import { seen } from '../helpers.js';

describe('manifests and lock files', () => {
  it.each<[string, string, string[]]>([
    [
      'package.json',
      '{\n  "name": "app",\n  "dependencies": {\n    "express": "^5",\n    "openai": "^4"\n  },\n  "devDependencies": { "@anthropic-ai/sdk": "1" }\n}',
      ['dependency claude-api @anthropic-ai/sdk :7', 'dependency openai-api openai :5'],
    ],
    ['package.json', '{"dependencies":{"llm":"npm:openai@^4"}}', ['dependency openai-api openai :1']],
    ['package.json', '{"name":"openai","keywords":["openai"],"openai":{"dependencies":"openai"}}', []],
    [
      'package-lock.json',
      '{"lockfileVersion":3,"packages":{\n"":{"dependencies":{"a":"1"}},\n"node_modules/a":{"version":"1"},\n"node_modules/a/node_modules/openai":{"version":"4"}}}',
      ['locked openai-api openai :4'],
    ],
    [
      'package-lock.json',
      '{"lockfileVersion":1,"dependencies":{"a":{"version":"1","dependencies":{\n"openai":{"version":"4"}}}}}',
      ['locked openai-api openai :2'],
    ],
    [
      'yarn.lock',
      '# yarn lockfile v1\n\n"@ai-sdk/openai@^1.0.0", "@ai-sdk/openai@^1.1.0":\n  version "1.1.0"\n\nopenai@^4.0.0:\n  version "4.1.0"\n',
      ['locked openai-api @ai-sdk/openai :3', 'locked openai-api openai :6'],
    ],
    [
      'yarn.lock',
      '"openai@npm:^4.0.0":\n  version: 4.1.0\n  resolution: "openai@npm:4.1.0"\n',
      ['locked openai-api openai :1'],
    ],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\n\npackages:\n\n  '@anthropic-ai/sdk@0.1.0':\n    resolution: {}\n\n  openai@4.0.0:\n    resolution: {}\n",
      ['locked claude-api @anthropic-ai/sdk :5', 'locked openai-api openai :8'],
    ],
    [
      'pnpm-lock.yaml',
      'lockfileVersion: 5.4\npackages:\n\n  /openai/4.0.0:\n    resolution: {}\n',
      ['locked openai-api openai :4'],
    ],
    [
      'bun.lock',
      '{\n  "lockfileVersion": 1,\n  "packages": {\n    "openai": ["openai@4.0.0", "", {}, "x"],\n  },\n}',
      ['locked openai-api openai :4'],
    ],
    [
      'requirements-dev.txt',
      'flask==3\n# openai\nOpenAI[datalib] >= 1.0 ; python_version > "3"\nopenai-whisper-x\nanthropic\n-r other.txt\n',
      ['dependency claude-api anthropic :5', 'dependency openai-api openai :3'],
    ],
    [
      'pyproject.toml',
      '[project]\nname = "x"\ndependencies = [\n  "langchain_openai>=0.1",  # comment\n  "google-genai",\n]\n[project.optional-dependencies]\nai = ["anthropic~=1"]\n[build-system]\nrequires = ["setuptools"]\n',
      [
        'dependency claude-api anthropic :8',
        'dependency gemini-api google-genai :5',
        'dependency openai-api langchain-openai :4',
      ],
    ],
    [
      'pyproject.toml',
      '[tool.poetry.dependencies]\npython = "^3.12"\nopenai = { version = "^1", extras = ["x"] }\n[dependency-groups]\ndev = ["anthropic"]\n',
      ['dependency claude-api anthropic :5', 'dependency openai-api openai :3'],
    ],
    ['Pipfile', '[packages]\nopenai = "*"\n', ['dependency openai-api openai :2']],
    ['Pipfile.lock', '{"default":{"openai":{"version":"==1"}},"develop":{}}', ['locked openai-api openai :1']],
    [
      'poetry.lock',
      '[[package]]\nname = "openai"\nversion = "1"\n\n[package.dependencies]\nanthropic = "1"\n',
      ['locked openai-api openai :2'],
    ],
    ['setup.py', 'setup(install_requires=["openai>=1"])  # "anthropic"\n', ['dependency openai-api openai :1']],
    [
      'environment.yml',
      'dependencies:\n  - python=3.12\n  - conda-forge::anthropic\n  - pip:\n    - openai==1.0\n',
      ['dependency claude-api anthropic :3', 'dependency openai-api openai :5'],
    ],
    [
      'go.mod',
      'module example.org/x\n\nrequire (\n\tgithub.com/openai/openai-go/v2 v2.1.0\n\tgolang.org/x/net v0.1.0\n)\n',
      ['dependency openai-api github.com/openai/openai-go :4'],
    ],
    [
      'go.mod',
      'require github.com/openai/openai-go v1.0.0 // indirect\n',
      ['locked openai-api github.com/openai/openai-go :1'],
    ],
    ['go.sum', 'github.com/openai/openai-go v1.0.0 h1:abc=\n', ['locked openai-api github.com/openai/openai-go :1']],
    [
      'pom.xml',
      '<project xmlns="http://maven.apache.org/POM/4.0.0">\n<!-- <dependency><groupId>dev.langchain4j</groupId> -->\n<dependencies>\n<dependency>\n<groupId>com.openai</groupId><artifactId>openai-java</artifactId>\n<exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions></dependency></dependencies></project>',
      ['dependency openai-api com.openai:openai-java :4'],
    ],
    [
      'app/build.gradle.kts',
      'dependencies {\n  implementation("com.openai:openai-java:4.0")\n  // implementation("dev.langchain4j:langchain4j-anthropic:1")\n}\n',
      ['dependency openai-api com.openai:openai-java :2'],
    ],
    [
      'build.gradle',
      "implementation group: 'com.openai', name: 'openai-java', version: '1'\n",
      ['dependency openai-api com.openai:openai-java :1'],
    ],
    [
      'gradle/libs.versions.toml',
      '[versions]\no = "1"\n[libraries]\na = { module = "com.openai:openai-java", version.ref = "o" }\nb = { group = "dev.langchain4j", name = "langchain4j-anthropic" }\n',
      [
        'dependency claude-api dev.langchain4j:langchain4j-anthropic :5',
        'dependency openai-api com.openai:openai-java :4',
      ],
    ],
    [
      'gradle.lockfile',
      '# x\ncom.openai:openai-java:4.0=runtimeClasspath\n',
      ['locked openai-api com.openai:openai-java :2'],
    ],
    [
      'Cargo.toml',
      '[package]\nname = "x"\n[dependencies]\nasync_openai = "0.1"\n[target.\'cfg(unix)\'.dependencies]\nllm = { package = "async-openai", version = "1" }\n',
      ['dependency openai-api async-openai :4'],
    ],
    [
      'Cargo.lock',
      '[[package]]\nname = "async-openai"\nversion = "0.1.0"\ndependencies = [\n "tokio",\n]\n',
      ['locked openai-api async-openai :2'],
    ],
    [
      'src/App.csproj',
      '\ufeff<Project Sdk="Microsoft.NET.Sdk">\n <ItemGroup Condition="\'$(X)\' > \'1\'">\n  <PackageReference Include="Azure.AI.OpenAI" Version="2.0" />\n  <PackageReference Include="openai"><Version>2</Version></PackageReference>\n </ItemGroup>\n</Project>',
      ['dependency azure-openai Azure.AI.OpenAI :3', 'dependency openai-api OpenAI :4'],
    ],
    [
      'packages.config',
      '<packages><package id="OpenAI" version="1" /></packages>',
      ['dependency openai-api OpenAI :1'],
    ],
    [
      'packages.lock.json',
      '{"version":1,"dependencies":{"net8.0":{"OpenAI":{"type":"Transitive"}}}}',
      ['locked openai-api OpenAI :1'],
    ],
    [
      'Gemfile',
      'source "https://rubygems.org"\ngem "rails"\n  gem \'ruby-openai\', "~> 7"\n# gem "ruby-openai"\n',
      ['dependency openai-api ruby-openai :3'],
    ],
    [
      'Gemfile.lock',
      'GEM\n  specs:\n    rails (7.0)\n      ruby-openai (>= 1)\n    ruby-openai (7.0)\n',
      ['locked openai-api ruby-openai :5'],
    ],
    [
      'composer.json',
      '{"require":{"php":">=8","openai-php/client":"^0.10"}}',
      ['dependency openai-api openai-php/client :1'],
    ],
    [
      'composer.lock',
      '{"packages":[{"name":"openai-php/client","version":"1"}]}',
      ['locked openai-api openai-php/client :1'],
    ],
  ])('%s: %j', (path, text, expected) => expect(seen(path, text)).toEqual(expected));

  it.each<[string, string, string[]]>([
    ['package.json', '{"dependencies":{"openai":"4",', ['broken: ends too early', 'dependency openai-api openai :1']],
    ['package.json', '{"dependencies":{"openai" "4"}}', ['broken: lacks a colon']],
    ['pom.xml', '<project><dependency></project>', ['broken: has </project> without its begin']],
    [
      'Cargo.toml',
      '[dependencies]\nasync-openai = "1"\nx = "1\n',
      ['broken: has text without its closing quote', 'dependency openai-api async-openai :2'],
    ],
    [
      'pyproject.toml',
      '[project]\ndependencies = ["openai"\n',
      ['broken: has a list without its end', 'dependency openai-api openai :2'],
    ],
  ])('a broken %s costs only what stands behind the break', (path, text, expected) =>
    expect(seen(path, text)).toEqual(expected),
  );
});
