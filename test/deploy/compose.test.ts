import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig } from '../../src/config/read.js';
import { deployFile, knownCommands, readDeploy, root, temporaryFolder } from './helpers.js';

const service = z.looseObject({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  user: z.string(),
  read_only: z.boolean(),
  security_opt: z.array(z.string()),
  cap_drop: z.array(z.string()),
  restart: z.string(),
  tmpfs: z.array(z.string()),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  secrets: z.array(z.string()),
  volumes: z.array(z.string()),
  networks: z.array(z.string()),
  ports: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  healthcheck: z.looseObject({ disable: z.boolean().optional() }).optional(),
  deploy: z.object({ replicas: z.number() }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
});
const compose = z
  .looseObject({
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
    volumes: z.record(z.string(), z.null()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(readDeploy('compose.yaml'), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('halflight:'));
const one = (name: string) => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return found;
};

describe('deploy/compose.yaml', () => {
  it('runs a database, a queue, one API, two workers and two schedulers, after the tables are up to date', () => {
    expect(services.map(([name]) => name).sort()).toEqual([
      'migrate',
      'postgres',
      'redis',
      'schedule',
      'serve',
      'work',
    ]);
    expect([one('work').deploy?.replicas, one('schedule').deploy?.replicas]).toEqual([2, 2]);
    expect(one('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of ['serve', 'work', 'schedule'])
      expect(one(name).depends_on?.migrate).toEqual({ condition: 'service_completed_successfully' });
  });

  it.each(services)('%s runs as nobody in particular, with nothing that it could change or gain', (_name, item) => {
    expect(item.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(item.read_only).toBe(true);
    expect(item.cap_drop).toEqual(['ALL']);
    expect(item.security_opt).toContain('no-new-privileges:true');
    expect(item.image).toMatch(/^[a-z]+:\d+\.\d+[a-z0-9.-]*$/);
    expect(item).not.toHaveProperty('privileged');
    expect(item).not.toHaveProperty('cap_add');
  });

  it('opens one port, to this machine only, and keeps database and queue off every other network', () => {
    expect(services.flatMap(([, { ports }]) => ports ?? [])).toEqual(['127.0.0.1:8480:8480']);
    expect(compose.networks.back).toEqual({ internal: true });
    for (const name of ['postgres', 'redis']) expect(one(name).networks).toEqual(['back']);
  });

  it('is asked for its health where it listens', () => {
    expect(one('serve').healthcheck).toBeUndefined(); // the image has it
    for (const name of ['work', 'schedule', 'migrate']) expect(one(name).healthcheck).toEqual({ disable: true });
    expect(one('postgres').healthcheck?.test).toContain('--host=127.0.0.1');
    expect(one('redis').healthcheck?.test).toContain('redis-cli ping | grep -q -e PONG -e NOAUTH');
  });

  it('names files that exist, volumes that are declared, and secrets that the script makes', () => {
    const folder = join(temporaryFolder(), 'secrets');
    execFileSync('sh', [deployFile('make-secrets.sh'), folder], { stdio: 'pipe' });
    const made = new Set(readdirSync(folder));
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(made).toContain(name);
    }
    expect(made.size).toBe(Object.keys(compose.secrets).length);
    for (const [, item] of services) {
      for (const secret of item.secrets) expect(compose.secrets).toHaveProperty([secret]);
      for (const network of item.networks) expect(compose.networks).toHaveProperty([network]);
      for (const volume of item.volumes) {
        const [from = ''] = volume.split(':');
        // ./logs is what the reader brings.
        if (from.startsWith('./')) expect(from === './logs' || existsSync(deployFile(from)), from).toBe(true);
        else expect(compose.volumes).toHaveProperty([from]);
        if (from.startsWith('./')) expect(volume).toMatch(/:ro$/);
      }
      if (item.build !== undefined) {
        expect(join(root, 'deploy', item.build.context, '/')).toBe(`${root}/`);
        expect(existsSync(join(root, item.build.dockerfile))).toBe(true);
      }
    }
    expect(ours).toHaveLength(4);
  });

  it('calls commands that the program has', () => {
    for (const [name, { command }] of ours) {
      expect(command?.[0]).toBe(name);
      expect(knownCommands()).toContain(name);
    }
  });

  it('gives the service a configuration that holds, with every secret in a file that is mounted', () => {
    const { problems, config } = readConfig({ text: readDeploy('halflight.yaml'), file: 'halflight.yaml', env: {} });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([config.database.url?.place, config.redis.url?.place]).toEqual([
      'file /run/secrets/database-url',
      'file /run/secrets/redis-url',
    ]);
    for (const [, item] of ours) {
      expect(item.secrets).toEqual(['database-url', 'redis-url']);
      expect(item.volumes).toContain(`./halflight.yaml:${item.environment?.HALFLIGHT_CONFIG}:ro`);
      expect(item.volumes).toContain(`data:${config.data}`);
    }
    expect(config.server.port).toBe(8480);
  });
});
