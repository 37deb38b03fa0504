import { describe, expect, it } from 'vitest';
import { changesBetween, reloadRules } from '../../src/config/changes.js';
import { configKeys } from '../../src/config/keys.js';
import { readConfig } from '../../src/config/read.js';
import { secretsIn } from '../../src/config/secret.js';

function config(text: string, secret = 'the-secret-value') {
  const read = readConfig({ text, file: 'halflight.yaml', env: {} });
  expect(read.problems).toEqual([]);
  for (const [, found] of secretsIn(read.config)) found.resolve(secret);
  return read.config;
}

it('every key says whether it can be taken up without a restart, once', () => {
  for (const { name, section } of configKeys().filter(({ name }) => !name.includes('[]'))) {
    const covering = reloadRules.filter(({ key }) => key === name || name.startsWith(`${key}.`));
    const inside = reloadRules.filter(({ key }) => key.startsWith(`${name}.`));
    expect(covering.length === 1 || (section && inside.length > 0), name).toBe(true);
  }
});

it('the same configuration changes nothing', () => {
  const text = 'database: { url: { env: A } }\nsources: [{ id: a, kind: s3, options: { secret: { env: B }, x: [1] } }]';
  expect(changesBetween(config(text), config(text))).toEqual({ apply: [], restart: [] });
});

describe('what a running service takes up', () => {
  it.each([
    ['', 'log: { level: debug }', 'log.level changes from info to debug; holds from the next line on'],
    [
      '',
      'retention: { usage: never }',
      'retention.usage changes from 400d to never; holds from the next cleaning on, also for what is kept already',
    ],
    ['', 'people: p.csv', 'people changes from not set to p.csv; the file is read now'],
    ['net: { allow: [a.example] }', '', 'net.allow changes from ["a.example"] to []; holds for new connections'],
    ['', 'sources: [{ id: a, kind: folder }]', 'sources.a is new'],
    ['sources: [{ id: a, kind: folder }]', '', 'sources.a is gone; what it brought stays until its time is over'],
    [
      'sources: [{ id: b, kind: f }, { id: a, kind: folder, every: 1m }]',
      'sources: [{ id: a, kind: folder, every: 2m, options: { path: /x } }, { id: b, kind: f }]',
      'sources.a has another every, options; holds from the next run, push or datagram on',
    ],
    ['', 'channels: [{ id: c, kind: webhook }]', 'channels.c is new'],
  ])('%j -> %j', (old, next, sentence) =>
    expect(changesBetween(config(old), config(next))).toEqual({
      apply: [expect.objectContaining({ sentence })],
      restart: [],
    }),
  );
});

describe('what waits for a restart', () => {
  it.each([
    [
      'data: ./other',
      'data changes from ./halflight-data to ./other; the database and the spool are open in the old folder',
    ],
    ['server: { port: 1 }', 'server.port changes from 8480 to 1; the port is opened at the start'],
    [
      'server: { tls: { cert: a, key: b } }',
      'server.tls changes from not set to {"cert":"a","key":"b"}; the server is built at the start',
    ],
    ['work: { concurrency: 3 }', 'work.concurrency changes from 2 to 3; workers are made at the start'],
    ['spool: { size: 2GiB }', 'spool.size changes from 1GiB to 2GiB; the spool is open'],
    [
      'database: { url: { env: A } }',
      'database.url changes from not set to (set, from env A); connections are made at the start',
    ],
  ])('%j', (next, sentence) =>
    expect(changesBetween(config(''), config(next))).toEqual({
      apply: [],
      restart: [expect.objectContaining({ sentence })],
    }),
  );
});

it('a new value behind the same reference is a change, and neither value is told', () => {
  const text = 'redis: { url: { env: R } }\nsources: [{ id: a, kind: s3, options: { secret: { env: B } } }]';
  const changes = changesBetween(config(text, 'first-canary'), config(text, 'second-canary'));
  expect(changes.apply.map(({ key }) => key)).toEqual(['sources.a']);
  expect(changes.restart.map(({ sentence }) => sentence)).toEqual([
    'redis.url has a new value in env R; the queue is opened at the start',
  ]);
  expect(JSON.stringify(changes)).not.toContain('canary');
});
