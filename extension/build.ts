import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import type { Catalog } from '../src/catalog/compile.js';
import { hostSetOf } from '../src/catalog/host-set.js';
import { openCatalog } from '../src/cli/common/open-catalog.js';
import { permissionOf, shippedPatterns } from './src/host-set.js';

// Builds the extension for Chromium and for Firefox: the same code, two manifests. The same input gives the same bytes.

const root = import.meta.dirname;
export const targets = ['chromium', 'firefox'] as const;
/** All files of one target together, bytes. */
export const maxBytes = 100_000;
const scripts = ['background', 'content', 'sent'];
const copied = ['sent.html', 'sent.css'];

/** Version of the extension: Chromium and Firefox take numbers and dots. */
export const version = '0.1.0';

export interface ShippedCatalog {
  version: string;
  more: string[];
  extensions: string[];
  /** Pages that the extension may look at. */
  permissions: string[];
}

/** The catalog as it goes into the extension: as permissions of the manifest what they can say, and the rest as data. */
export function shippedCatalog(catalog: Catalog): ShippedCatalog {
  const set = hostSetOf(catalog);
  const permissions = [...new Set(set.hosts.flatMap((pattern) => permissionOf(pattern) ?? []))].sort();
  const told = new Set(shippedPatterns(permissions, []));
  const more = set.hosts.filter((pattern) => !told.has(pattern));
  return { version: set.version, more, extensions: [...set.extensions], permissions };
}

export function manifestOf(target: (typeof targets)[number], permissions: readonly string[]): object {
  return {
    manifest_version: 3,
    name: 'Halflight',
    description: 'Tells your organisation which AI services are used, and nothing else. Shows you all that was sent.',
    version,
    incognito: 'not_allowed',
    permissions: ['alarms', 'management', 'scripting', 'storage', 'webNavigation'],
    host_permissions: permissions,
    content_security_policy: {
      extension_pages:
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src https: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
    action: { default_title: 'Halflight: what was sent' },
    options_ui: { page: 'sent.html', open_in_tab: true },
    ...(target === 'chromium'
      ? {
          minimum_chrome_version: '120',
          background: { service_worker: 'background.js' },
          storage: { managed_schema: 'managed_schema.json' },
        }
      : {
          background: { scripts: ['background.js'] },
          browser_specific_settings: {
            gecko: {
              id: 'browser-extension@halflight',
              strict_min_version: '128.0',
              data_collection_permissions: { required: ['browsingActivity', 'websiteActivity'] },
            },
          },
        }),
  };
}

/**
 * Builds into `out`/chromium and `out`/firefox.
 * @returns bytes of each
 * @throws Error when one is larger than it may be
 */
export async function buildExtension(catalog: Catalog, out: string): Promise<Record<(typeof targets)[number], number>> {
  const { permissions, ...data } = shippedCatalog(catalog);
  const sizes = { chromium: 0, firefox: 0 };
  for (const target of targets) {
    const folder = join(out, target);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const script of scripts) await bundle(script, data, folder);
    for (const file of target === 'chromium' ? [...copied, 'managed_schema.json'] : copied)
      cpSync(join(root, file), join(folder, file));
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifestOf(target, permissions)));
    sizes[target] = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    if (sizes[target] > maxBytes)
      throw new Error(`The extension for ${target} has ${sizes[target]} bytes, and may have ${maxBytes}.`);
  }
  return sizes;
}

/** One script in one file, without imports: what is reviewed is what runs. */
async function bundle(name: string, catalog: object, folder: string): Promise<void> {
  await build({
    configFile: false,
    envFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    plugins: [
      {
        name: 'catalog',
        resolveId: (id) => (id === 'virtual:catalog' ? '\0catalog' : undefined),
        load: (id) => (id === '\0catalog' ? `export default ${JSON.stringify(catalog)}` : undefined),
      },
    ],
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2023',
      minify: true,
      reportCompressedSize: false,
      lib: {
        entry: join(root, 'src', `${name}.ts`),
        name: 'halflight',
        formats: ['iife'],
        fileName: () => `${name}.js`,
      },
    },
  });
}

if (process.argv[1] === import.meta.filename) {
  const out = join(root, '../dist-extension');
  const sizes = await buildExtension(await openCatalog(), out);
  for (const target of targets) process.stdout.write(`${join('dist-extension', target)}: ${sizes[target]} bytes\n`);
}
