import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Channel } from '../../src/alerts/common/channel.js';
import { loadPlugins } from '../../src/core/plugins.js';

const folder = join(import.meta.dirname, '../../src/alerts');
const ids = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));

describe('every channel', () => {
  it.each(ids)('%s is proved by the contract of its kind', (id) => {
    const test = join(import.meta.dirname, `${id}.test.ts`);
    expect(existsSync(test), `${test} is missing: it calls a suite of test/contracts/`).toBe(true);
    expect(readFileSync(test, 'utf8')).toMatch(/from '\.\.\/contracts\/[\s\S]*[cC]hannelContract\(/);
  });

  it.each(ids)('%s is registered by its name and has a title', async (id) => {
    const channel = (await loadPlugins<Channel>(folder, 'channel')).get(id);
    expect(channel?.title).toMatch(/^[A-Z].{2,40}$/);
  });
});
