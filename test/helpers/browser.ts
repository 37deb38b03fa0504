import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';

/** Debian's Chromium, or the one that TEST_CHROMIUM names. */
const executablePath = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Tests that need a real browser. Without one they are skipped, and say so on standard error; with TEST_REQUIRE_ALL=1, as in CI, they
 * fail instead. Each run has an empty profile, which Playwright makes in a temporary folder and removes.
 */
export function describeInBrowser(name: string, body: (browser: () => Browser) => void): void {
  if (!existsSync(executablePath)) {
    const why = `no Chromium at ${executablePath}: apt-get install chromium, or set TEST_CHROMIUM`;
    if (process.env.TEST_REQUIRE_ALL === '1') {
      test(name, () => {
        throw new Error(why);
      });
      return;
    }
    process.stderr.write(`\n*** SKIPPED: ${name}: ${why} ***\n\n`);
    describe.skip(name, () => body(() => expectBrowser(undefined)));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, headless: true, args });
    });
    afterAll(async () => {
      await browser?.close();
    });
    body(() => expectBrowser(browser));
  });
}

function expectBrowser(browser: Browser | undefined): Browser {
  if (browser === undefined) throw new Error('The browser is there only while tests run.');
  return browser;
}
