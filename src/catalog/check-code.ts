import { foldPackage } from './code-index.js';
import type { Catalog } from './compile.js';
import { lowConfidenceHeader, lowConfidenceRows } from './low-confidence.js';
import type { Problem } from './problem.js';
import type { Ecosystem, Service } from './schema.js';
import { sharedHosts } from './shared-hosts.js';

type Report = (service: Service, field: string, message: string) => void;

/** How names of packages look; the others have no rule of their own. */
const packageNames: Partial<Record<Ecosystem, { shape: RegExp; says: string }>> = {
  npm: { shape: /^(@[a-z0-9~._-]+\/)?[a-z0-9~._-]+$/i, says: 'name or @scope/name' },
  pypi: { shape: /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, says: 'letters, digits, -, _ and .' },
  go: { shape: /^[a-z0-9.-]+\.[a-z]+(\/[A-Za-z0-9._~-]+)*$/, says: 'a module path such as github.com/acme/sdk' },
  maven: { shape: /^[\w.-]+:[\w.-]+$/, says: 'group:artifact' },
  packagist: { shape: /^[a-z0-9._-]+\/[a-z0-9._-]+$/i, says: 'vendor/name' },
};

/** Headers that every request has or that say something else: a proxy that sets one of them breaks the web. */
const commonHeaders = new Set(
  'accept accept-encoding accept-language authorization cache-control connection content-length content-type cookie host origin referer user-agent via x-forwarded-for'.split(
    ' ',
  ),
);

/** Ports on which anything may listen: without a path they tell nothing. */
const commonPorts = new Set([22, 25, 53, 80, 123, 443, 3000, 5000, 8000, 8080, 8443, 8888, 9000]);

/** Packages, keys, tenant controls and ports: what a schema cannot say of them. */
export function checkCode(catalog: Catalog, report: Report): void {
  const keys: { prefix: string; field: string; service: Service }[] = [];
  for (const service of catalog.services.values()) {
    for (const [i, { ecosystem, name }] of service.packages.entries()) {
      const rule = packageNames[ecosystem];
      if (rule !== undefined && !rule.shape.test(name))
        report(service, `packages.${i}.name`, `${name} is no name of ${ecosystem}: write ${rule.says}`);
    }
    for (const [i, { prefix }] of service.keys.entries()) keys.push({ prefix, field: `keys.${i}.prefix`, service });
    checkControls(catalog, service, report);
    checkPorts(service, report);
  }
  for (const one of keys) {
    for (const other of keys) {
      if (other.service.vendor.name === one.service.vendor.name || !other.prefix.startsWith(one.prefix)) continue;
      report(
        one.service,
        one.field,
        `${one.prefix} also begins keys of ${other.service.id} (${other.prefix}): use more of the prefix`,
      );
    }
  }
}

/** What a service claims for itself: no two services, and none twice. */
export function* codeClaims(service: Service): Generator<[field: string, kind: string, value: string]> {
  for (const [i, { ecosystem, name }] of service.packages.entries())
    yield [`packages.${i}`, 'package', foldPackage(ecosystem, name)];
  for (const [i, { prefix }] of service.keys.entries()) yield [`keys.${i}`, 'key prefix', prefix];
  // Many runtimes share a port; one service says each of its own once.
  for (const [i, { port, path }] of service.ports.entries())
    yield [`ports.${i}`, 'port', `${port}${path ?? ''} of ${service.id}`];
}

function checkControls(catalog: Catalog, service: Service, report: Report): void {
  const seen = new Set<string>();
  for (const [i, { header, host }] of service.tenant_controls.entries()) {
    const field = `tenant_controls.${i}`;
    const value = header?.toLowerCase() ?? host ?? '';
    if (seen.has(value)) report(service, field, `${header ?? host} is listed twice`);
    seen.add(value);
    if (header !== undefined && commonHeaders.has(value))
      report(service, `${field}.header`, `${header} is a header of every request: name the one that holds the tenant`);
    if (host === undefined) continue;
    const rule = catalog.targets.find(host.replace(/^\*\./, 'x.').replaceAll('*', 'x'), undefined);
    if (rule?.service !== service)
      report(service, `${field}.host`, `${host} is no host of this service: add it to hosts, or name one of them`);
  }
}

function checkPorts(service: Service, report: Report): void {
  for (const [i, { port, path }] of service.ports.entries()) {
    if (path === undefined && commonPorts.has(port))
      report(service, `ports.${i}`, `anything may listen on port ${port}: name the path that tells this service`);
  }
}

/** The text of a low-confidence list: every row whole, sorted, once, and none of a name that many share. */
export function checkLowConfidence(file: string, text: string, popularHosts: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const rows = [...lowConfidenceRows(text)];
  const read = new Set(rows.map(({ line }) => line));
  const parents = new Set(popularHosts.flatMap(parentsOf));
  for (const [i, row] of text.split('\n').entries()) {
    if (row === '' || row.startsWith('#') || row === lowConfidenceHeader || read.has(i + 1)) continue;
    problems.push({
      file,
      line: i + 1,
      message: 'is no row: write host, name, category and source with tabs between, the category one of the catalog',
    });
  }
  let before = '';
  for (const { host, name, source, line } of rows) {
    const at = { file, line, field: host };
    if (!/^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9-]+$/.test(host))
      problems.push({ ...at, message: 'is no lower-case host name in its ASCII form' });
    else if (sharedHosts.has(host) || parents.has(host))
      problems.push({ ...at, message: 'covers a popular host: take the row out' });
    if (name.trim() === '' || source.trim() === '') problems.push({ ...at, message: 'has no name or no source' });
    if (host === before) problems.push({ ...at, message: 'is listed twice' });
    else if (host < before) problems.push({ ...at, message: `must stand before ${before}: rows are sorted by host` });
    before = host;
  }
  return problems;
}

/** `a.b.example` -> itself, `b.example`. */
function parentsOf(host: string): string[] {
  const labels = host.split('.');
  return labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
}
