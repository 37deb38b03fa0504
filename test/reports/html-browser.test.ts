import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportToHtml } from '../../src/reports/html.js';
import { describeInBrowser } from '../helpers/browser.js';
import { realisticReport } from './fixture.js';
import { hostileReport } from './hostile.js';

describeInBrowser('the HTML report in a browser', (browser) => {
  let folder = '';
  const urls = { realistic: '', hostile: '' };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'halflight-report-'));
    for (const [name, report] of [
      ['realistic', realisticReport()],
      ['hostile', hostileReport()],
    ] as const) {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, reportToHtml(report));
      urls[name] = pathToFileURL(file).href;
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Opens a report from disk; `noise` is every message of the console, error and request beyond the file. */
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
        if (request.url() !== url.replace(/#.*/, '') && !request.url().startsWith('data:'))
          noise.push(`request: ${request.url()}`);
      });
      await page.goto(url);
      await look(page, noise);
    } finally {
      await context.close();
    }
  }

  const openAll = (page: Page): Promise<unknown> =>
    page.evaluate('document.querySelectorAll("details").forEach((d) => { d.open = true; })');

  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [360, 900, 1280, 1400]) {
      test(`hostile data neither runs nor loads anything, nor breaks the page at ${width} pixels, ${scheme}`, async () => {
        await open(urls.hostile, { scheme, width }, async (page, noise) => {
          for (const unfolded of [false, true]) {
            if (unfolded) await openAll(page);
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
          }
          expect(await page.evaluate('typeof window.pwned')).toBe('undefined');
          expect(await page.evaluate('document.scripts.length')).toBe(0);
          expect(noise).toEqual([]);
        });
      });
    }

    test(`readers with a screen reader or weak sight can use it, ${scheme}`, async () => {
      for (const width of [360, 1280])
        await open(urls.realistic, { scheme, width }, async (page) => {
          await openAll(page);
          expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
            scheme === 'dark' ? 'rgb(19, 22, 28)' : 'rgb(246, 247, 249)',
          );
          await page.evaluate(axe.source);
          const { violations } = await page.evaluate<axe.AxeResults>(
            'axe.run(document, { resultTypes: ["violations"] })',
          );
          const told = violations.map(
            (rule) => `${rule.impact}: ${rule.id}: ${rule.nodes[0]?.html} ${rule.nodes[0]?.failureSummary}`,
          );
          expect(told).toEqual([]);
        });
    });
  }

  test('a finding opens with the mouse, with the keyboard, and by the link in the summary', async () => {
    await open(urls.realistic, {}, async (page) => {
      const summaries = page.locator('summary');
      await summaries.nth(0).click();
      expect(await page.locator('#f-1').isVisible()).toBe(true);
      await summaries.nth(1).focus();
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.querySelectorAll("details[open]").length')).toBe(2);
    });
    await open(urls.realistic, {}, async (page) => {
      expect(await page.locator('#f-3').isVisible()).toBe(false);
      await page.locator('.look a[href="#f-3"]').click();
      await page.locator('#f-3').waitFor({ state: 'visible' });
      // Its row, with the name and the risk, is in sight as well, below the bar that stays at the top.
      const row = await page.locator('tbody:has(#f-3) .row').boundingBox();
      expect(row?.y).toBeGreaterThan(40);
      expect(row?.y).toBeLessThan(400);
    });
  });

  test('the chart and the links in it are there without a script', async () => {
    await open(urls.realistic, { width: 360 }, async (page) => {
      expect(await page.locator('.plot rect').count()).toBeGreaterThan(20);
      await page.locator('.verdicts a').first().click();
      expect(page.url()).toContain('#v-denied');
    });
  });

  test('on paper everything is unfolded and dark on white, even where the screen is dark', async () => {
    await open(urls.realistic, { scheme: 'dark' }, async (page) => {
      const hidden =
        '[...document.querySelectorAll(".detail")].filter((e) => !e.checkVisibility() || e.getBoundingClientRect().height < 50).length';
      expect(await page.evaluate(hidden)).toBeGreaterThan(5);
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(hidden)).toBe(0);
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
      expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 31, 39)');
      const pdf = await page.pdf({ preferCSSPageSize: true });
      expect(pdf.length).toBeGreaterThan(50_000);
    });
  });
});
