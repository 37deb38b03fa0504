import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExtension, maxBytes, targets } from '../../extension/build.js';
import { openCatalog } from '../../src/cli/common/open-catalog.js';

const folder = mkdtempSync(join(tmpdir(), 'halflight-build-'));
const filesOf = (target: string, build: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, build, target)).map((file) => [
      file,
      readFileSync(join(folder, build, target, file), 'utf8'),
    ]),
  );

describe('the built extension', () => {
  let sizes: Record<string, number>;
  beforeAll(async () => {
    const catalog = await openCatalog();
    sizes = await buildExtension(catalog, join(folder, 'one'));
    await buildExtension(catalog, join(folder, 'two'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is smaller than 100 kB, all files together', () => {
    for (const target of targets) {
      const files = Object.values(filesOf(target, 'one'));
      expect(files.reduce((sum, text) => sum + Buffer.byteLength(text), 0)).toBe(sizes[target]);
      expect(sizes[target]).toBeLessThan(maxBytes);
    }
    expect(maxBytes).toBe(100_000);
  });

  it('is the same bytes each time', () => {
    for (const target of targets) expect(filesOf(target, 'two')).toEqual(filesOf(target, 'one'));
  });

  it('is the same code in both browsers', () => {
    const code = (target: string) => Object.entries(filesOf(target, 'one')).filter(([name]) => name.endsWith('.js'));
    expect(code('firefox')).toEqual(code('chromium'));
    expect(code('chromium').map(([name]) => name)).toEqual(['background.js', 'content.js', 'sent.js']);
  });

  it('asks for no more than it uses, and for no page beside those of AI services', () => {
    for (const target of targets) {
      const manifest = JSON.parse(filesOf(target, 'one')['manifest.json'] ?? '') as Record<string, unknown>;
      expect(manifest.permissions).toEqual(['alarms', 'management', 'scripting', 'storage', 'webNavigation']);
      expect(manifest.host_permissions).not.toContain('<all_urls>');
      expect(JSON.stringify(manifest.host_permissions)).not.toMatch(/\*:\/\/\*\/|\*\.(?:com|ai|io|org)\//);
      expect(manifest.incognito).toBe('not_allowed');
      expect(Object.keys(manifest)).not.toContain('externally_connectable');
      expect(Object.keys(manifest)).not.toContain('web_accessible_resources');
    }
  });

  it('holds no remote code, no evaluated text and no markup made of text', () => {
    for (const target of targets)
      for (const [name, text] of Object.entries(filesOf(target, 'one'))) {
        expect([
          name,
          /\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|importScripts/.exec(text),
        ]).toEqual([name, null]);
        expect([name, /<script[^>]*src="https?:/.exec(text)]).toEqual([name, null]);
        if (name.endsWith('.js')) expect([name, /\bimport\s*\(|\bimport .* from/.exec(text)]).toEqual([name, null]);
      }
  });

  it('takes the keys of policy that its schema for administrators names', () => {
    const schema = JSON.parse(filesOf('chromium', 'one')['managed_schema.json'] ?? '') as { properties: object };
    const source = readFileSync(join(import.meta.dirname, '../../extension/src/settings.ts'), 'utf8');
    const page = readFileSync(join(import.meta.dirname, '../../docs/browser-extension.md'), 'utf8');
    for (const key of Object.keys(schema.properties)) {
      expect(source).toContain(key);
      expect(page).toContain(`\`${key}\``);
    }
  });
});
