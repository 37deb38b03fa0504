import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeploy, root } from './helpers.js';

interface Step {
  name: string;
  text: string;
}
/** The instructions, continued lines joined and comments gone. */
const steps: Step[] = readDeploy('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [name = '', ...rest] = line.trim().split(/\s+/);
    return { name, text: rest.join(' ') };
  });
const all = (name: string): string[] => steps.filter((step) => step.name === name).map(({ text }) => text);
const last = (name: string): string => all(name).at(-1) ?? '';
const ignored = readDeploy('Dockerfile.dockerignore').split('\n');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;

/** Exit code of the health check when the service answers with a status; without a service where it is undefined. */
async function healthCheck(status: number | undefined): Promise<number | null> {
  const [, script = ''] = /"-e", "(.*)"\]$/.exec(last('HEALTHCHECK')) ?? [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status ?? 0).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (status === undefined) await new Promise((resolve) => server.close(resolve));
  const code = await new Promise<number | null>((resolve) => {
    spawn(process.execPath, ['-e', script.replace('8480', String(port))]).on('close', resolve);
  });
  if (status !== undefined) {
    server.close();
    expect(asked).toEqual(['/readyz']);
  }
  return code;
}

describe('deploy/Dockerfile', () => {
  it('starts from a pinned base, and takes only what was built into the second stage', () => {
    expect(last('ARG')).toBe(`NODE_IMAGE=node:24-bookworm-slim`);
    expect(all('FROM')).toEqual([`\${NODE_IMAGE} AS build`, `\${NODE_IMAGE}`]);
    expect(all('COPY').filter((text) => text.startsWith('--from=build'))).toHaveLength(2);
  });

  it('installs by the lock file, fetches nothing by hand, and leaves the tools of development behind', () => {
    const runs = all('RUN').join('\n');
    expect(runs).toContain('npm ci --ignore-scripts');
    expect(runs).toContain('npm prune --omit=dev');
    for (const [, name = ''] of runs.matchAll(/npm run ([a-z]+)/g)) expect(scripts).toHaveProperty(name);
    expect(runs).not.toMatch(/curl|wget|npm install|apt-get|chmod 777/);
    expect(all('ADD')).toEqual([]);
    expect(all('ENV').join()).not.toMatch(/PASSWORD|SECRET|TOKEN|_URL/);
  });

  it('ends as a user without a name to gain by, who is in the list of users and owns the data folder alone', () => {
    expect(last('USER')).toBe('10001:10001');
    expect(all('RUN').join('\n')).toMatch(/useradd --uid 10001 --gid 10001 .* halflight\b/);
    expect(steps.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(
      steps.findLastIndex(({ name }) => name === 'COPY'),
    );
    expect(last('VOLUME')).toBe('/var/lib/halflight');
    expect(last('ENV')).toContain('HALFLIGHT_DATA=/var/lib/halflight');
    expect(all('RUN').join()).toContain('--mode=0700 /var/lib/halflight');
  });

  it('stops by SIGTERM, listens on 8480 and runs the program as its first process', () => {
    expect([last('STOPSIGNAL'), last('EXPOSE')]).toEqual(['SIGTERM', '8480']);
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['node', '/opt/halflight/bin/halflight.js']);
    expect(JSON.parse(last('CMD'))).toEqual(['serve']);
  });

  it('copies what exists and what the build may see, and nothing else is sent to it', () => {
    expect(ignored.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
    const seen = new Set(ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1)));
    const copied = all('COPY')
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(seen, path).toContain(path);
    }
    expect([...seen].filter((path) => !copied.includes(path))).toEqual([]);
    // What is published holds what is copied: a folder that comes to be needed is missed in both places.
    const files = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] }).files;
    for (const folder of files) expect([...copied, 'dist/'].map((path) => path.replace(/\/$/, ''))).toContain(folder);
  });

  it('is healthy when /readyz says so, and neither when it refuses nor when nobody answers', async () => {
    expect([await healthCheck(200), await healthCheck(503), await healthCheck(undefined)]).toEqual([0, 1, 1]);
  });

  it('builds from exactly what is copied: no source reaches outside of it', () => {
    const imports = execFileSync('grep', ['-rhoE', "new URL\\('[^']+', import.meta.url\\)", 'src'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const [, path = ''] of imports.matchAll(/new URL\('(?:\.\.\/)+([a-z][^'/]*)/g))
      expect(['bin', 'dist', 'migrations', 'package.json', 'schemas', 'scripts', 'signatures', 'src']).toContain(path);
  });
});
