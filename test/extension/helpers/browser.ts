import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium, type Page, type Worker } from 'playwright-core';
import { describe, test } from 'vitest';

const executablePath = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';
/** Where Debian's Chromium looks for managed policy; there is no other way to give an extension some. */
const policies = process.env.TEST_CHROMIUM_POLICIES ?? '/etc/chromium/policies/managed';

/** What is missing to test an extension with managed policy; undefined: nothing. */
function missing(): string | undefined {
  if (!existsSync(executablePath))
    return `no Chromium at ${executablePath}: apt-get install chromium, or set TEST_CHROMIUM`;
  let folder = policies;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return `${policies} may not be written to, which managed policy needs: run as root, or make the folder and give it to this user`;
  }
}

/** As `describeInBrowser`, for tests of the extension: also where policies cannot be written they are skipped, and say so. */
export function describeWithExtension(name: string, body: () => void): void {
  const why = missing();
  if (why === undefined) describe(name, body);
  else if (process.env.TEST_REQUIRE_ALL === '1')
    test(name, () => {
      throw new Error(why);
    });
  else {
    process.stderr.write(`\n*** SKIPPED: ${name}: ${why} ***\n\n`);
    describe.skip(name, body);
  }
}

/** The id that Chromium gives an extension that is loaded from a folder. */
export const idOf = (folder: string): string =>
  [...createHash('sha256').update(folder).digest('hex').slice(0, 32)]
    .map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)))
    .join('');

export interface Extended {
  context: BrowserContext;
  id: string;
  worker(): Promise<Worker>;
  /** Everything that the extension keeps, as text; without what it was told by the service. */
  kept(): Promise<string>;
  /** Events that wait to be sent. */
  waiting(): Promise<Record<string, unknown>[]>;
  /** The employee's page. */
  sent(): Promise<Page>;
  session(page: Page): Promise<CDPSession>;
  /** Ends the worker, as the browser does with one that has nothing to do. */
  endWorker(): Promise<void>;
  /** Whether the worker has not been ended since it was last asked to end. */
  isSameWorker(): Promise<boolean>;
  policy(values: object): void;
  close(): Promise<void>;
}

/**
 * Chromium with extensions loaded from folders; the first one gets a managed policy. Every name of the web leads to one port of this
 * machine, over TLS that is not checked.
 */
export async function openExtended(folders: readonly string[], port: number, policy: object): Promise<Extended> {
  const [own = ''] = folders;
  const id = idOf(own);
  const file = join(policies, `halflight-test-${id}.json`);
  const write = (values: object): void => {
    mkdirSync(policies, { recursive: true });
    writeFileSync(file, JSON.stringify({ '3rdparty': { extensions: { [id]: values } } }));
  };
  write(policy);
  const profile = mkdtempSync(join(tmpdir(), 'halflight-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    ignoreHTTPSErrors: true,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--ignore-certificate-errors',
      '--disable-features=DisableLoadExtensionCommandLineSwitch',
      `--disable-extensions-except=${folders.join(',')}`,
      `--load-extension=${folders.join(',')}`,
      `--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE 127.0.0.1`,
    ],
  });
  const mine = (worker: Worker): boolean => worker.url().startsWith(`chrome-extension://${id}/`);
  const worker = async (): Promise<Worker> =>
    context.serviceWorkers().find(mine) ?? context.waitForEvent('serviceworker', { predicate: mine });
  await worker();
  /** Asks a page of the extension, which stays open in between. */
  let asked: Page | undefined;
  const ask = async (expression: string): Promise<string> => {
    if (asked === undefined) {
      asked = await context.newPage();
      await asked.goto(`chrome-extension://${id}/sent.html`);
    }
    return JSON.stringify(await asked.evaluate(expression));
  };
  return {
    context,
    id,
    worker,
    kept: () =>
      ask(
        'Promise.all([chrome.storage.local.get(null), chrome.storage.session.get(null)]).then(([{ catalog, notices, ...own }, session]) => [own, session])',
      ),
    waiting: async () =>
      JSON.parse(await ask('chrome.storage.local.get("waiting").then(({ waiting }) => waiting?.events ?? [])')),
    sent: async () => {
      const page = await context.newPage();
      await page.goto(`chrome-extension://${id}/sent.html`);
      return page;
    },
    session: (page) => context.newCDPSession(page),
    endWorker: async () => {
      await (await worker()).evaluate('globalThis.stillTheSame = true');
      const page = await context.newPage();
      await page.goto(`chrome-extension://${id}/sent.html`);
      const session = await context.newCDPSession(page);
      await session.send('ServiceWorker.enable');
      await session.send('ServiceWorker.stopAllWorkers');
      await page.close();
    },
    isSameWorker: async () => (await (await worker()).evaluate('globalThis.stillTheSame === true')) as boolean,
    policy: write,
    close: async () => {
      await context.close();
      rmSync(file, { force: true });
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
