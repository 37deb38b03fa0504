import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writersOf } from '../../../src/reports/writers.js';
import { describeInBrowser } from '../../helpers/browser.js';
import { october } from './document.js';
import { hostileDocument } from './hostile.js';
import { tempting } from './tempting.js';

describeInBrowser('the periodic report in a browser', (browser) => {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-periodic-'));
  const decoy = join(folder, 'decoy.txt');
  const documents = {
    october,
    hostile: hostileDocument(),
    shifted: hostileDocument(11),
    tempting: tempting(decoy),
  };
  const urlOf = (id: string, name: string): string => pathToFileURL(join(folder, `${id}-${name}.html`)).href;
  beforeAll(async () => {
    writeFileSync(decoy, 'decoy');
    const writers = await writersOf();
    for (const id of ['html', 'mail'])
      for (const [name, document] of Object.entries(documents))
        writeFileSync(join(folder, `${id}-${name}.html`), (await writers.get(id)?.write(document)) ?? new Uint8Array());
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Opens a file; `noise` is every message of the console, which reports of the policy are too, every error, and every request but the file. */
  async function open(
    url: string,
    { scheme = 'light', width = 1280 }: { scheme?: 'light' | 'dark'; width?: number },
    look: (page: Page, noise: string[]) => Promise<void>,
  ): Promise<void> {
    const context = await browser().newContext({ colorScheme: scheme, viewport: { width, height: 800 } });
    try {
      const page = await context.newPage();
      const noise: string[] = [];
      page.on('console', (message) => noise.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => noise.push(`dialog: ${dialog.message()}`));
      page.on('request', (request) => {
        if (request.url() !== url && !request.url().startsWith('data:')) noise.push(`request: ${request.url()}`);
      });
      await page.goto(url);
      await look(page, noise);
    } finally {
      await context.close();
    }
  }

  for (const id of ['html', 'mail']) {
    test(`A5 ${id}: hostile texts neither run, load, nor link, nor make the page wider than a phone`, async () => {
      for (const name of ['hostile', 'shifted', 'tempting'])
        for (const width of [390, 1280])
          await open(urlOf(id, name), { width }, async (page, noise) => {
            expect(await page.evaluate('typeof window.pwned')).toBe('undefined');
            expect(await page.evaluate('document.scripts.length')).toBe(0);
            const outward =
              'document.querySelectorAll("a:not([href^=\'#\']), img, iframe, object, embed, form, base, link:not([rel=icon])").length';
            expect(await page.evaluate(outward)).toBe(0);
            expect(noise).toEqual([]);
            if (id === 'html') expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
          });
    });

    test(`${id}: readers with a screen reader or weak sight can use it`, async () => {
      for (const scheme of ['light', 'dark'] as const)
        for (const width of [390, 1280])
          await open(urlOf(id, 'october'), { scheme, width }, async (page) => {
            await page.evaluate(axe.source);
            const { violations } = await page.evaluate<axe.AxeResults>(
              'axe.run(document, { resultTypes: ["violations"] })',
            );
            const told = violations
              .filter(({ impact }) => id === 'html' || impact === 'serious' || impact === 'critical')
              .map((rule) => `${rule.impact}: ${rule.id}: ${rule.nodes[0]?.html} ${rule.nodes[0]?.failureSummary}`);
            expect(told).toEqual([]);
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
          });
    });
  }

  test('html: dark where the reader has it dark, and dark on white on paper', async () => {
    await open(urlOf('html', 'october'), { scheme: 'dark' }, async (page) => {
      const background = 'getComputedStyle(document.body).backgroundColor';
      expect(await page.evaluate(background)).toBe('rgb(19, 22, 28)');
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(background)).toBe('rgb(255, 255, 255)');
      expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 31, 39)');
    });
  });

  test('html: a link of the bar leads to its chapter', async () => {
    await open(urlOf('html', 'october'), {}, async (page) => {
      await page.locator('nav a[href="#governance"]').click();
      const place = await page.locator('#governance').boundingBox();
      expect(place?.y).toBeGreaterThan(30);
      expect(place?.y).toBeLessThan(700);
    });
  });
});
