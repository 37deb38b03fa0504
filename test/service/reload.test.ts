import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installBundle } from '../../src/cli/common/release/install.js';
import { catalogFolder, shippedVersion } from '../../src/cli/common/release/installed.js';
import { makeKeys, readPublicKey } from '../../src/cli/common/release/keys.js';
import { makeBundle } from '../../src/cli/common/release/make.js';
import { acmeBot, temporaryFolder } from '../helpers/cli.js';
import { Site, until } from '../kill/site.js';

const day = 86_400_000;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

describe('a catalog that is installed while the service runs', () => {
  const site = new Site({ kind: 'embedded' });
  const logs = join(site.folder, 'logs');
  let written = 0;
  const visit = (...hosts: string[]): void =>
    appendFileSync(
      join(logs, 'access.log'),
      hosts
        .map((host) => {
          const at = Math.floor(Date.now() / 1000) - 60 + written++;
          return `${at}.000     10 10.0.0.7 TCP_TUNNEL/200 500 CONNECT ${host}:443 ann HIER_DIRECT/203.0.113.7 -\n`;
        })
        .join(''),
    );
  /** Waits until all lines were read. @returns events by service */
  const used = async (): Promise<Record<string, number>> => {
    await until('all lines are read', async () => {
      const [row] = await site.query<{ n: string | null }>(
        `select sum(records) n from chunk where state = 'done' and source = 'watched'`,
      );
      return Number(row?.n) === written;
    });
    const rows = await site.query<{ service: string; n: string }>(
      'select service, sum(events) n from usage_day group by service order by service',
    );
    return Object.fromEntries(rows.map(({ service, n }) => [service, Number(n)]));
  };
  const audit = async (action: string): Promise<{ subject: string; details: Record<string, unknown> }[]> =>
    (
      await site.query<{ subject: string; details: string }>(
        'select subject, details from audit where action = $1 order by seq',
        [action],
      )
    ).map(({ subject, details }) => ({ subject, details: JSON.parse(details) as Record<string, unknown> }));

  beforeAll(async () => {
    mkdirSync(logs);
    site.configure({
      sources: [{ id: 'watched', kind: 'folder', format: 'squid', every: '1s', options: { path: logs } }],
    });
    await site.prepare();
    await site.start('serve').ready;
  });
  afterAll(() => site.close());

  it('is taken up on SIGHUP: what is read afterwards is read by it, and the audit log says so', async () => {
    visit('chatgpt.com', 'bot.acme.example');
    expect(await used()).toEqual({ chatgpt: 1 });

    const work = temporaryFolder({ 'signatures/acme-bot.yaml': acmeBot });
    const keys = makeKeys(work);
    const [file, version] = [join(work, 'catalog.bundle'), shippedVersion() + 1];
    await makeBundle({
      from: join(work, 'signatures'),
      key: keys.privateFile,
      out: file,
      version,
      created: dayOf(Date.now()),
      expires: dayOf(Date.now() + 300 * day),
    });
    const { release } = await installBundle(file, {
      folder: catalogFolder({ data: site.data }, {}),
      publicKey: readPublicKey(keys.publicFile),
      now: Date.now(),
    });

    const served = site.processes.get('serve');
    served?.signal('SIGHUP');
    await until('the catalog is in the database', async () =>
      (await audit('register.changed')).some(({ details }) => details.version === version),
    );
    expect((await audit('configuration.changed')).at(-1)?.details.catalog).toMatchObject({
      hash: release.hash,
      version,
    });
    expect((await audit('register.changed')).at(-1)).toMatchObject({
      subject: 'catalog',
      details: { hash: release.hash, services: 1, version },
    });
    expect(served?.log()).toContain('the catalog was taken up');

    visit('chatgpt.com', 'bot.acme.example', 'bot.acme.example');
    expect(await used()).toEqual({ 'acme-bot': 2, chatgpt: 1 });
    expect(served?.alive).toBe(true);
  });

  it('one that cannot be read changes nothing: the service says why, and goes on with the one that it has', async () => {
    writeFileSync(join(site.data, 'catalog', 'installed.json'), '{ "current": ');
    const served = site.processes.get('serve');
    served?.signal('SIGHUP');
    await until('it says so', () => served?.log().includes('the configuration was not taken up') === true);
    expect(served?.log()).toMatch(/"why":"[^"]*installed\.json/);
    visit('bot.acme.example');
    expect(await used()).toEqual({ 'acme-bot': 3, chatgpt: 1 });
  });
});

describe('a vendor list that changes while the service runs', () => {
  const site = new Site({ kind: 'embedded' });
  const vendors = join(site.folder, 'vendors.csv');
  const logs = join(site.folder, 'logs');
  const known = async (): Promise<string[]> => {
    const [row] = await site.query<{ body: { number: string; services: unknown[] }[] | string }>(
      "select body from register where kind = 'contracts'",
    );
    const body = typeof row?.body === 'string' ? (JSON.parse(row.body) as { number: string }[]) : (row?.body ?? []);
    return body.map(({ number }) => number);
  };
  const replace = (text: string): void => {
    writeFileSync(`${vendors}.new`, text);
    renameSync(`${vendors}.new`, vendors);
  };

  beforeAll(async () => {
    mkdirSync(logs);
    writeFileSync(vendors, 'Supplier,Contract #,Expires\nOpenAI,MSA-1,2098-12-31\n');
    writeFileSync(
      join(logs, 'access.log'),
      `${Math.floor(Date.now() / 1000) - 60}.000     10 10.0.0.7 TCP_TUNNEL/200 500 CONNECT chatgpt.com:443 ann HIER_DIRECT/203.0.113.7 -\n`,
    );
    site.configure({
      contracts: vendors,
      sources: [{ id: 'watched', kind: 'folder', format: 'squid', every: '1s', options: { path: logs } }],
    });
    await site.prepare();
    await site.start('serve').ready;
  });
  afterAll(() => site.close());

  it('is read again by itself, without a signal, and the finding tells the contract that is in it now', async () => {
    expect(await known()).toEqual(['MSA-1']);
    const token = await site.token(null);
    const sentences = async (): Promise<string[]> => {
      const [finding] = await site.query<{ id: string }>("select id from finding where service = 'chatgpt'");
      const answer = await fetch(`${site.url}/v1/findings/${finding?.id}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (answer.status !== 200) return [];
      const { contracts } = (await answer.json()) as { contracts: { sentence: string }[] };
      return contracts.map(({ sentence }) => sentence);
    };
    await until('the contract is told', async () => (await sentences()).join(' ').includes('runs until 2098-12-31'));
    replace('Supplier,Contract #,Expires\nOpenAI,MSA-2,2099-06-30\n');
    await until('the new one is told', async () => (await sentences()).join(' ').includes('runs until 2099-06-30'));
    expect(await known()).toEqual(['MSA-2']);
    const [changed] = await site.query<{ n: string }>(
      "select count(*) n from audit where action = 'register.changed' and subject = 'contracts'",
    );
    expect(Number(changed?.n)).toBe(2);
  });

  it('one that is no table changes nothing: the service says why, and what was known stays', async () => {
    replace('no table of anything\n');
    const served = site.processes.get('serve');
    await until('it says so', () => served?.log().includes('a register is wrong in one place') === true);
    expect(served?.log()).toMatch(/vendors\.csv/);
    // The next list is taken up after it: by then the broken one would have shown.
    expect(await known()).toEqual(['MSA-2']);
    replace('Supplier,Contract #,Expires\nOpenAI,MSA-3,2099-06-30\n');
    await until('the next one is known', async () => (await known()).join() === 'MSA-3');
    const [changed] = await site.query<{ n: string }>(
      "select count(*) n from audit where action = 'register.changed' and subject = 'contracts'",
    );
    expect(Number(changed?.n)).toBe(3);
    expect(served?.alive).toBe(true);
  });
});
