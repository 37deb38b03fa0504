import { signatureOf } from '../../catalog/compile.js';
import { splitUrl } from '../../core/url.js';
import type { SourceFile } from '../common/file.js';
import { type GateIndex, packageTrace } from '../common/gate-index.js';
import { walkJson } from '../common/json.js';
import { npmPackage } from '../common/package-names.js';
import type { GateReader } from '../common/reader.js';
import { walkToml } from '../common/toml.js';
import type { Seen } from '../common/trace.js';

const names =
  /^(?:\.?mcp|mcp[_-]config|mcp[_-]settings|\w{1,40}_mcp_settings|mcp[_-]servers|claude_desktop_config)\.jsonc?$/i;
/** Settings of AI programs that may hold servers beside other things. */
const settings =
  /(?:^|\/)\.(?:claude|cursor|gemini|codex|continue|windsurf|roo|kiro|amazonq|zed|vscode)\/[\w.-]{1,100}\.(?:jsonc?|toml)$/;
const lists = new Set(['mcpServers', 'servers', 'mcp_servers', 'context_servers', 'mcp']);

interface Server {
  name: string;
  offset: number;
  command: string;
  args: string[];
  url: string;
}

/** MCP servers that the repository tells AI programs to use: a program that is started, or an address. */
export const reader: GateReader = {
  title:
    'MCP configuration: .mcp.json, mcp.json, claude_desktop_config.json, .cursor/, .vscode/, .claude/, .gemini/, .codex/config.toml and others',
  reads: ({ name, path }) => names.test(name) || settings.test(path),
  *read(file, index) {
    const servers = new Map<string, Server>();
    let fault: unknown;
    const note = (path: readonly string[], value: unknown, offset: number): void => {
      // In VS Code's settings.json the list lies one level deeper: `mcp.servers`.
      const from = path[0] === 'mcp' && path[1] === 'servers' ? 2 : 1;
      const [name, field, item] = path.slice(from);
      if (!lists.has(path[from - 1] ?? '') || name === undefined) return;
      const server = servers.get(name) ?? { name, offset, command: '', args: [], url: '' };
      servers.set(name, server);
      if (typeof value !== 'string') return;
      if (field === 'command') server.command = value;
      else if (field === 'args' && item !== undefined) server.args.push(value);
      else if (field === 'url' || field === 'serverUrl' || field === 'httpUrl') server.url = value;
    };
    try {
      if (file.name.name.endsWith('.toml')) walkToml(file.text, note);
      else walkJson(file.text, note);
    } catch (error) {
      fault = error;
    }
    for (const server of servers.values()) yield describe(server, file, index);
    if (fault !== undefined) throw fault;
  },
};

function describe(server: Server, file: SourceFile, index: GateIndex): Seen {
  const line = file.lineOf(server.offset);
  const { host, path } = splitUrl(
    server.url !== '' ? server.url : (server.args.find((arg) => /^https?:\/\//.test(arg)) ?? ''),
  );
  const rule = host === undefined ? undefined : index.target(host, path);
  if (rule !== undefined && host !== undefined)
    return {
      kind: 'mcp',
      service: rule.service.id,
      what: `${server.name} (${host})`,
      signature: `${rule.path === undefined ? 'host' : 'path'} ${signatureOf(rule)}`,
      confidence: rule.confidence,
      line,
    };
  const started = packageOf(server);
  const known =
    started === undefined
      ? undefined
      : (index.package('npm', started) ?? index.package('pypi', started) ?? index.package('cli', started));
  if (known !== undefined) {
    const trace = packageTrace('mcp', known, file, server.offset);
    return { ...trace, what: `${server.name} (${known.value})` };
  }
  const runs = host ?? started ?? (server.command === '' ? 'no command' : programName(server.command));
  return { kind: 'candidate', what: `MCP server ${server.name}`, why: `the MCP configuration names it: ${runs}`, line };
}

/** The package that a runner is told to start: `npx -y @scope/name@1` -> `@scope/name`. */
function packageOf({ command, args }: Server): string | undefined {
  const program = programName(command);
  const first = args.find(
    (arg) => !arg.startsWith('-') && arg !== 'run' && arg !== 'dlx' && arg !== 'exec' && arg !== 'x',
  );
  if (/^(?:npx|bunx|pnpm|yarn|bun|uvx|uv|pipx|deno|cmd)$/.test(program)) {
    const name = program === 'cmd' ? args.find((arg) => !/^(?:\/c|npx|-.*)$/i.test(arg)) : first;
    return name === undefined ? undefined : (npmPackage(name) ?? name);
  }
  return program === '' ? undefined : program;
}

const programName = (command: string): string => (/[^\\/]*$/.exec(command)?.[0] ?? '').replace(/\.(?:exe|cmd)$/i, '');
