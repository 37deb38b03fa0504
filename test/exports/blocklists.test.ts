import { describe, expect, it } from 'vitest';
import { changeLimits, diffLists, tooLarge } from '../../src/exports/blocklists/common/diff.js';
import { blockListOf } from '../../src/exports/blocklists/common/list.js';
import { identityProviders } from '../../src/exports/blocklists/common/protected.js';
import type { BlockList, BlockListInput } from '../../src/exports/blocklists/common/types.js';
import { compileCatalog } from '../helpers/scan.js';
import { entry, service } from './helpers/register.js';

const day = '2026-11-26';
const bot = service('bot', { hosts: ['bot.example.net', 'chat.example.org'] });
const other = service('other', { hosts: ['other.example.net'] });

const listOf = (
  services: Parameters<typeof compileCatalog>[0],
  entries: BlockListInput['entries'],
  ownDomains: string[] = [],
): BlockList => blockListOf({ catalog: compileCatalog(services), entries, ownDomains, day });
const blocked = (list: BlockList): string[] => list.blocks.map(({ host, reach }) => `${reach} ${host}`);
const reasons = (list: BlockList): string[] => list.leftOut.map(({ signature, reason }) => `${signature} ${reason}`);

describe('which services a list blocks', () => {
  it('blocks the hosts of a service that an entry denies, and says by which decision', () => {
    const list = listOf([bot, other], [entry('no-bot', ['bot'], { approval_date: '2026-03-02' })]);
    expect(blocked(list)).toEqual(['tree bot.example.net', 'tree chat.example.org']);
    expect(list.blocks[0]?.grounds[0]?.denial).toEqual({
      byTwo: false,
      entry: 'no-bot',
      verdict: 'denied',
      decided: '2026-03-02',
    });
    expect(list.leftOut).toEqual([]);
  });

  it.each([
    ['nobody decided on', []],
    ['that is approved', [entry('yes', ['bot'], { status: 'approved' })]],
    ['of which the decision is pending', [entry('ask', ['bot'], { status: 'in-review' })]],
    ['whose approval has lapsed', [entry('old', ['bot'], { status: 'approved', review_date: '2026-01-01' })]],
    ['that another entry decides on', [entry('no-other', ['unknown'])]],
  ])('does not block a service %s', (_, entries) => {
    expect(blocked(listOf([bot, other], entries))).toEqual([]);
  });

  it('blocks a retired system from the day after its end, and not before', () => {
    const retired = (date: string) => [entry('end', ['bot'], { status: 'retired', decommission: { date } })];
    expect(blocked(listOf([bot], retired('2026-11-25')))).toHaveLength(2);
    expect(blocked(listOf([bot], retired('2026-11-26')))).toEqual([]);
  });

  it.each([
    ['a group', { allowed_groups: ['Sales'] }, 'decides for 1 group only'],
    ['personal accounts', { allowed_account: 'personal' }, 'decides for personal accounts only'],
    ['a workspace', { workspaces: ['w1', 'w2'] }, 'decides for 2 workspaces only'],
  ])('leaves a service that is denied for %s to a person', (_, scope, why) => {
    const list = listOf([bot], [entry('some', ['bot'], scope)]);
    expect(blocked(list)).toEqual([]);
    expect(list.leftOut[0]).toMatchObject({ reason: 'partly-decided', signature: '' });
    expect(list.leftOut[0]?.why).toContain(why);
  });

  it('blocks nobody who has a permission beside the denial, until that ends', () => {
    const until = (date: string) => [
      entry('no-bot', ['bot']),
      entry('some', ['bot'], { status: 'denied', allowed_groups: ['Law'] }),
      entry('but', ['bot'], { status: 'requested', allowed_groups: ['Lab'], exception: { until: date, controls: [] } }),
    ];
    expect(listOf([bot], until('2026-12-01')).leftOut[0]?.why).toContain('entry but allows it for 1 group');
    expect(blocked(listOf([bot], until('2026-12-01')))).toEqual([]);
    expect(blocked(listOf([bot], until('2026-11-01')))).toHaveLength(2);
  });

  it('is the same list for any order of entries and services', () => {
    const entries = [entry('a', ['bot']), entry('b', ['bot', 'other']), entry('c', ['other'])];
    const list = listOf([bot, other], entries);
    expect(listOf([other, bot], entries.toReversed())).toEqual(list);
  });
});

describe('what is never blocked', () => {
  const denied = [entry('no', ['bad'])];
  const bad = (...hosts: NonNullable<Parameters<typeof service>[1]['hosts']>) => service('bad', { hosts });

  it.each(['com', 'co.uk', 'github.io', '*.github.io', '*.co.uk', 'hf.space'])(
    'refuses the public suffix %s',
    (host) => {
      const list = listOf([bad(host)], denied);
      expect(list.blocks).toEqual([]);
      expect(list.leftOut[0]?.reason).toBe('public-suffix');
    },
  );

  it.each([
    ['acme.example', 'own-domain'],
    ['sso.acme.example', 'own-domain'],
    ['*.acme.example', 'own-domain'],
    // The organisation has a name below it.
    ['acme-holding.test', 'own-domain'],
  ])('refuses %s, which reaches the organisation itself', (host, reason) => {
    const list = listOf([bad(host)], denied, ['acme.example', 'eu.acme-holding.test']);
    expect(blocked(list)).toEqual([]);
    expect(reasons(list)).toEqual([`${host} ${reason}`]);
  });

  it('blocks an exact name above an own domain, as it does not reach that', () => {
    const list = listOf([bad({ host: 'acme-holding.test', match: 'exact' })], denied, ['eu.acme-holding.test']);
    expect(blocked(list)).toEqual(['host acme-holding.test']);
  });

  it('refuses where people sign in, what is below it and what is above it', () => {
    for (const host of [...identityProviders, 'acme.okta.com', 'microsoftonline.com', 'youtube.com'])
      expect(blocked(listOf([bad(host)], denied)), host).toEqual([]);
  });

  it.each(['google.com', 'microsoft.com', 'slack.com'])('refuses %s, which many products share', (host) => {
    expect(blocked(listOf([bad(host)], denied))).toEqual([]);
  });

  it.each(['10.0.0.1', 'a..b.example', 'intranet', '-a.example', `${'a'.repeat(64)}.example`])(
    'refuses %s, which is no whole name',
    (host) => {
      expect(listOf([{ ...bad('x.example'), hosts: [{ host, match: 'suffix', role: 'web' }] }], denied).blocks).toEqual(
        [],
      );
    },
  );

  it('leaves out weak, telemetry and pattern hosts, and parts of hosts', () => {
    const part = service('bad', {
      hosts: [
        { host: 'wide.example.net', weak: true },
        { host: 't.example.net', role: 'telemetry' },
        'api-*.example.net',
        'ai.example.net',
      ],
      paths: [
        { host: 'wide.example.net', path: '/ai' },
        { host: 'ai.example.net', path: '/chat' },
      ],
    });
    const list = listOf([part], denied);
    expect(blocked(list)).toEqual(['tree ai.example.net']);
    expect(reasons(list)).toEqual([
      'api-*.example.net pattern',
      't.example.net telemetry',
      'wide.example.net weak-host',
      'wide.example.net/ai part-of-a-host',
    ]);
  });

  it('leaves out a host that an approved service needs, and names the entry', () => {
    const list = listOf(
      [
        bad('api.example.net', '*.cdn.example.net'),
        service('good', {
          hosts: ['good.example.net', 'x.cdn.example.net'],
          paths: [{ host: 'api.example.net', path: '/v2' }],
        }),
      ],
      [...denied, entry('yes', ['good'], { status: 'approved' })],
    );
    expect(list.blocks).toEqual([]);
    expect(list.leftOut.map(({ reason, why }) => `${reason}: ${why}`)).toEqual([
      'needed: GOOD (good) needs it, which entry yes allows',
      'needed: GOOD (good) needs it, which entry yes allows',
    ]);
  });

  it('blocks the name alone where another service lies below it, and says so', () => {
    const services = [bad('example.net'), service('api', { hosts: ['api.example.net'] })];
    const list = listOf(services, denied);
    expect(blocked(list)).toEqual(['host example.net']);
    expect(reasons(list)).toEqual(['example.net shared-with']);
    expect(blocked(listOf(services, [entry('no', ['bad', 'api'])]))).toEqual([
      'tree api.example.net',
      'tree example.net',
    ]);
  });
});

describe('what changes', () => {
  const list = listOf([bot, other], [entry('no-bot', ['bot'])]);
  const entriesOf = (count: number) => Array.from({ length: count }, (_, n) => ({ text: `n${n}.example`, why: '' }));
  const texts = (count: number) => entriesOf(count).map(({ text }) => text);

  it('tells what is new and what is gone, and why', () => {
    const diff = diffLists(
      ['0.0.0.0 other.example.net', '0.0.0.0 x.bot.example.net'],
      [{ text: '0.0.0.0 bot.example.net', why: 'because' }],
      list,
    );
    expect(diff.added).toEqual([{ text: '0.0.0.0 bot.example.net', why: 'because' }]);
    expect(diff.removed).toEqual([
      { text: '0.0.0.0 other.example.net', why: 'no entry decides against a service that has it' },
      {
        text: '0.0.0.0 x.bot.example.net',
        why: 'bot.example.net is blocked in another way: BOT is denied by entry no-bot',
      },
    ]);
  });

  it.each([
    ['nothing', 1000, 1000, false],
    ['exactly 5 %', 100, 105, false],
    ['more than 5 %', 100, 106, true],
    ['50 of many', 2000, 1950, false],
    ['51 of many', 2000, 2051, true],
    ['all gone', 10, 0, true],
    ['a first list of 50', 0, 50, false],
    ['a first list of 51', 0, 51, true],
  ])('asks before a change of %s: %i to %i', (_, before, after, asks) => {
    expect(changeLimits).toEqual({ entries: 50, share: 0.05 });
    expect(tooLarge(diffLists(texts(before), entriesOf(after), list)) !== undefined).toBe(asks);
  });
});
