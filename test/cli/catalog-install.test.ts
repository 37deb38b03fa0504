import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRelease } from '../../src/cli/common/doctor/catalog.js';
import { openCatalog } from '../../src/cli/common/open-catalog.js';
import { installBundle } from '../../src/cli/common/release/install.js';
import { catalogFolder, loadInstalled, readInstalled, shippedVersion } from '../../src/cli/common/release/installed.js';
import { makeKeys, readPrivateKey, readPublicKey } from '../../src/cli/common/release/keys.js';
import { makeBundle } from '../../src/cli/common/release/make.js';
import { expiryNotice } from '../../src/cli/common/release/notice.js';
import { defaultConfig } from '../../src/config/schema.js';
import { acmeBot, readText, temporaryFolder } from '../helpers/cli.js';

const [now, later] = [Date.parse('2026-11-26T10:00:00Z'), Date.parse('2028-01-01T00:00:00Z')];
const work = temporaryFolder();
const keys = makeKeys(work);
const publicKey = readPublicKey(keys.publicFile);
const first = shippedVersion() + 1;

/** A bundle of Acme's bot alone; `host` tells versions apart. */
async function bundle(
  version: number,
  {
    host = 'bot.acme.example',
    text = acmeBot,
    key = keys.privateFile,
    created = '2026-11-26',
    expires = '2027-11-26',
  } = {},
): Promise<string> {
  const from = temporaryFolder({ 'acme-bot.yaml': text.replaceAll('bot.acme.example', host) });
  const out = join(work, `${version}-${host}-${Math.random().toString(36).slice(2)}.bundle`);
  await makeBundle({ from, key, out, version, created, expires });
  return out;
}
const data = (): string => join(temporaryFolder(), 'data');
const install = (file: string, folder: string, at = now) =>
  installBundle(file, { folder: catalogFolder({ data: folder }), publicKey, now: at });
async function serviceOf(host: string, folder: string): Promise<string | undefined> {
  const catalog = await openCatalog(undefined, { data: folder }, () => {});
  return catalog.targets.find(host, undefined)?.service.id;
}

describe('an installed catalog', () => {
  it('is used from then on in the place of the one that comes with Halflight', async () => {
    const folder = data();
    expect(await serviceOf('chatgpt.com', folder)).toBe('chatgpt');
    expect(await install(await bundle(first), folder)).toMatchObject({ outcome: 'installed', before: first - 1 });
    expect(await serviceOf('bot.acme.example', folder)).toBe('acme-bot');
    expect(await serviceOf('chatgpt.com', folder)).toBeUndefined();
    expect((await openCatalog(undefined, { data: folder }, () => {})).release).toEqual({
      version: first,
      from: 'installed',
      expires: '2027-11-26',
    });
  });

  it("has the organisation's own signatures over it", async () => {
    const folder = data();
    await install(await bundle(first), folder);
    const own = temporaryFolder({
      'more.yaml': 'extends: acme-bot\nhosts: [two.acme.example]\nexamples: { hit: [two.acme.example] }\n',
    });
    const catalog = await openCatalog(own, { data: folder }, () => {});
    expect(catalog.targets.find('two.acme.example', undefined)?.service.id).toBe('acme-bot');
  });

  it('installed again changes nothing', async () => {
    const folder = data();
    const file = await bundle(first);
    await install(file, folder);
    const before = readText(folder, 'catalog/installed.json');
    expect(await install(file, folder, now + 5000)).toMatchObject({ outcome: 'known' });
    expect(readText(folder, 'catalog/installed.json')).toBe(before);
  });

  it('is never downgraded, neither below what is installed nor below what comes with Halflight', async () => {
    const folder = data();
    await install(await bundle(first + 5, { host: 'new.acme.example' }), folder);
    await expect(install(await bundle(first + 4), folder)).rejects.toThrow(/older than version \d+.*never downgraded/);
    await expect(install(await bundle(first + 5, { host: 'other.acme.example' }), folder)).rejects.toThrow(
      'a version number is used once',
    );
    await expect(install(await bundle(first - 2), data())).rejects.toThrow('never downgraded');
    expect(await serviceOf('new.acme.example', folder)).toBe('acme-bot');
  });

  it('is refused when it has expired', async () => {
    const [folder, file] = [data(), await bundle(first)];
    await expect(install(file, folder, later)).rejects.toThrow('it expired on 2027-11-26');
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['2026-10-26', undefined],
    ['2026-10-27', 'expires in 30 days, on 2026-11-26'],
    ['2026-11-25', 'expires tomorrow'],
    ['2026-11-26', 'expires today'],
    ['2026-11-27', 'expired on 2026-11-26. It is still used'],
  ])('on %s says of its expiry on 2026-11-26: %s', (today, says) => {
    const release = { version: first, from: 'installed', expires: '2026-11-26' } as const;
    const text = expiryNotice(release, Date.parse(`${today}T23:00:00Z`))?.text;
    if (says === undefined) expect(text).toBeUndefined();
    else expect(text).toContain(says);
  });

  it('that has expired keeps working, loudly', async () => {
    const folder = data();
    await install(
      await bundle(first, { created: '2020-01-01', expires: '2020-02-01' }),
      folder,
      Date.parse('2020-01-15'),
    );
    const said: string[] = [];
    const catalog = await openCatalog(undefined, { data: folder }, (line) => said.push(line));
    expect(catalog.targets.find('bot.acme.example', undefined)?.service.id).toBe('acme-bot');
    expect(said.join()).toContain('expired on 2020-02-01');
  });

  it('is refused under another key, and when its signatures do not pass the checks', async () => {
    const folder = data();
    const other = makeKeys(temporaryFolder());
    await expect(install(await bundle(first, { key: other.privateFile }), folder)).rejects.toThrow('was signed with');
    // Whoever makes bundles runs the same checks; a bundle of another Halflight may hold what passed there.
    await expect(bundle(first, { text: acmeBot.replace('hosts: [', "hosts: ['*.ai', ") })).rejects.toThrow(
      '*.ai reaches too far',
    );
    expect(existsSync(folder)).toBe(false);
  });

  it('is looked at by doctor: its version, its last day, and that it is whole', async () => {
    const folder = data();
    const config = { ...defaultConfig(), data: folder };
    expect(await checkRelease(config, now)).toMatchObject({
      outcome: 'ok',
      found: expect.stringContaining('comes with'),
    });
    await install(await bundle(first), folder);
    expect(await checkRelease(config, now)).toMatchObject({
      outcome: 'ok',
      found: `version ${first}, installed, valid to 2027-11-26`,
    });
    expect(await checkRelease(config, Date.parse('2027-11-20'))).toMatchObject({ outcome: 'warning' });
    expect(await checkRelease(config, later)).toMatchObject({
      outcome: 'failed',
      found: expect.stringContaining('expired on 2027-11-26'),
    });
    for (const name of readdirSync(join(folder, 'catalog')))
      if (name !== 'installed.json') writeFileSync(join(folder, 'catalog', name), 'x');
    expect(await checkRelease(config, now)).toMatchObject({
      outcome: 'failed',
      found: expect.stringContaining('damaged'),
    });
  });

  it('keeps the one before for a comparison, and no more', async () => {
    const folder = data();
    for (const add of [0, 1, 2]) await install(await bundle(first + add, { host: `h${add}.acme.example` }), folder);
    const state = readInstalled(join(folder, 'catalog'));
    expect([state?.current.version, state?.previous?.version]).toEqual([first + 2, first + 1]);
    expect(readdirSync(join(folder, 'catalog')).filter((name) => name.endsWith('.bundle'))).toHaveLength(2);
  });

  it('is the old or the new one whatever a killed installation left behind', async () => {
    const [whole, old] = [data(), data()];
    const [one, two] = [await bundle(first), await bundle(first + 1, { host: 'two.acme.example' })];
    await install(one, whole);
    await install(one, old);
    await install(two, whole);
    const [from, to] = [join(whole, 'catalog'), join(old, 'catalog')];
    const fresh = readdirSync(from).filter((name) => !readdirSync(to).includes(name));
    expect(fresh).toHaveLength(2);
    writeFileSync(join(to, 'catalog-9-000000000000.bundle.x.draft'), 'half a fi');
    for (const name of fresh) {
      writeFileSync(join(to, `${name}.y.draft`), 'half');
      expect(await serviceOf('bot.acme.example', old)).toBe('acme-bot');
      copyFileSync(join(from, name), join(to, name));
      expect(await serviceOf('bot.acme.example', old)).toBe('acme-bot');
    }
    copyFileSync(join(from, 'installed.json'), join(to, 'installed.json'));
    expect(await serviceOf('two.acme.example', old)).toBe('acme-bot');
    // The next one puts the folder in order.
    await install(await bundle(first + 2, { host: 'three.acme.example' }), old);
    expect(readdirSync(to).filter((name) => name.endsWith('.draft'))).toEqual([]);
  });

  it('is read from its bundle where the cache is gone or of another schema, and damage is told', async () => {
    const folder = data();
    await install(await bundle(first), folder);
    const place = join(folder, 'catalog');
    const current = readInstalled(place)?.current;
    if (current === undefined) throw new Error('nothing is installed');
    const cached = await loadInstalled(place, current);
    rmSync(join(place, current.cache.name));
    expect(await loadInstalled(place, current)).toEqual(cached);
    expect(await loadInstalled(place, { ...current, cache: { ...current.cache, schema: 'older' } })).toEqual(cached);
    writeFileSync(join(place, current.bundle.name), 'x');
    await expect(loadInstalled(place, current)).rejects.toThrow('is damaged');
    writeFileSync(join(place, 'installed.json'), '{"current":{"bundle":{"name":"../../x"}}}');
    await expect(openCatalog(undefined, { data: folder })).rejects.toThrow('is damaged');
  });
});

describe('keys', () => {
  it('are never written over', () => expect(() => makeKeys(work)).toThrow('is there already'));
  it('that everybody may read sign nothing', () => {
    const file = join(work, 'open.pem');
    writeFileSync(file, readText(keys.privateFile), { mode: 0o644 });
    expect(() => readPrivateKey(file)).toThrow('chmod 600');
  });
  it.each([
    ['a private key for a public one', () => readPublicKey(keys.privateFile), 'holds a private key'],
    [
      'a public key for a private one',
      () => readPrivateKey(closed('p.pem', readText(keys.publicFile))),
      'no Ed25519 private key',
    ],
    ['text', () => readPrivateKey(closed('t.pem', 'hunter2 hunter2')), 'no Ed25519 private key'],
    ['nothing', () => readPublicKey(join(work, 'gone.pem')), 'does not exist'],
  ])('%s is told, without what is in it', (_what, read, says) => {
    expect(read).toThrow(says);
    expect(read).not.toThrow(/hunter2|MC4CAQ/);
  });
});

function closed(name: string, text: string): string {
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, name), text, { mode: 0o600 });
  return join(work, name);
}
