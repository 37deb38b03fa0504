import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlugins } from '../../src/core/plugins.js';
import type { Receiver } from '../../src/receivers/common/receiver.js';

const receivers = await loadPlugins<Receiver>(join(import.meta.dirname, '../../src/receivers'), 'receiver');

describe('the receivers', () => {
  it('are found by their file names, and all work without options', () => {
    expect([...receivers].map(([id, receiver]) => [id, receiver.kind, receiver.title])).toEqual([
      ['push', 'http', 'HTTP push'],
      ['syslog', 'listener', 'Syslog'],
      ['telemetry', 'http', 'Browser telemetry'],
      ['upload', 'http', 'File upload'],
    ]);
    for (const receiver of receivers.values()) expect(receiver.options.safeParse({}).success).toBe(true);
  });

  it.each([
    ['push', { max_byte: 5 }],
    ['push', { max_bytes: '1GiB' }],
    ['upload', { max_bytes: '1' }],
    ['telemetry', { identity: 'payload' }],
    ['telemetry', { notices: 'yes' }],
    ['syslog', { protocol: 'relp' }],
    ['syslog', { port: 70_000 }],
    ['syslog', { tls: { cert: 'a', key: 'b' } }],
    ['syslog', { idle_timeout: 5 }],
  ])('%s refuses %j in words', (id, options) => {
    const result = receivers.get(id)?.options.safeParse(options);
    expect(result?.success).toBe(false);
    for (const issue of result?.error?.issues ?? []) expect(issue.message).toMatch(/^(accepted is|Unrecognized key)/);
  });
});
