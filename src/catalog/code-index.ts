import type { Catalog, NamedRule } from './compile.js';
import type { Ecosystem, Protocol, Service } from './schema.js';

// What a repository or a machine shows of a service: packages, keys, ports. Few commands ask for it, so nothing is indexed
// until one does.

/** A package of a service; `confidence` is that of the service. */
export interface PackageRule extends NamedRule {
  ecosystem: Ecosystem;
  kind: Service['packages'][number]['kind'];
}
/** A prefix of API keys; `name` says which kind of key. */
export interface KeyRule extends NamedRule {
  name: string | undefined;
}
export interface PortRule {
  service: Service;
  port: number;
  path: string | undefined;
  protocol: Protocol | undefined;
}

export interface CodeIndex {
  /** The package of that name, compared as its registry compares names. */
  package(ecosystem: Ecosystem, name: string): PackageRule | undefined;
  /** The longest prefix that the text begins with. */
  key(text: string): KeyRule | undefined;
  /** Longest prefix first. */
  keys: readonly KeyRule[];
  /** Local runtimes that listen on the port, those with a path in front. */
  port(port: number): readonly PortRule[];
}

const indexes = new WeakMap<Catalog, CodeIndex>();

/** The index of a catalog, built when it is first asked for. */
export function codeIndex(catalog: Catalog): CodeIndex {
  let index = indexes.get(catalog);
  if (index === undefined) {
    index = build([...catalog.services.values()]);
    indexes.set(catalog, index);
  }
  return index;
}

function build(services: readonly Service[]): CodeIndex {
  const packages = new Map<string, PackageRule>();
  const ports = new Map<number, PortRule[]>();
  const keys: KeyRule[] = [];
  for (const service of services) {
    const { confidence } = service;
    for (const { ecosystem, name, kind } of service.packages) {
      const key = foldPackage(ecosystem, name);
      if (!packages.has(key)) packages.set(key, { service, value: name, confidence, ecosystem, kind });
    }
    for (const { prefix, name } of service.keys) keys.push({ service, value: prefix, confidence, name });
    for (const { port, path, protocol } of service.ports) {
      const list = ports.get(port) ?? [];
      list.push({ service, port, path, protocol });
      ports.set(port, list);
    }
  }
  keys.sort((a, b) => b.value.length - a.value.length || (a.value < b.value ? -1 : 1));
  for (const list of ports.values()) list.sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0));
  return {
    package: (ecosystem, name) => packages.get(foldPackage(ecosystem, name)),
    key: (text) => keys.find(({ value }) => text.startsWith(value)),
    keys,
    port: (port) => ports.get(port) ?? [],
  };
}

/**
 * `ecosystem/name` as the registry compares names: PyPI without regard to case and to runs of `-`, `_`, `.` (PEP 503); crates
 * with `_` as `-`; npm, NuGet, Packagist and RubyGems without regard to case; the others as written.
 */
export function foldPackage(ecosystem: Ecosystem, name: string): string {
  switch (ecosystem) {
    case 'pypi':
      return `pypi/${name.toLowerCase().replace(/[-_.]+/g, '-')}`;
    case 'crates':
      return `crates/${name.toLowerCase().replaceAll('_', '-')}`;
    case 'npm':
    case 'nuget':
    case 'packagist':
    case 'rubygems':
      return `${ecosystem}/${name.toLowerCase()}`;
    default:
      return `${ecosystem}/${name}`;
  }
}

/** The services that an example `package:npm/openai`, `key:sk-proj-x` or `port:11434/api/chat` names; undefined for another kind. */
export function matchCodeExample(catalog: Catalog, example: string): readonly string[] | undefined {
  const [, kind, value = ''] = /^(package|key|port):(.*)$/.exec(example) ?? [];
  const index = kind === undefined ? undefined : codeIndex(catalog);
  switch (kind) {
    case 'package': {
      const at = value.indexOf('/');
      const rule = index?.package(value.slice(0, at) as Ecosystem, value.slice(at + 1));
      return rule === undefined ? [] : [rule.service.id];
    }
    case 'key': {
      const rule = index?.key(value);
      return rule === undefined ? [] : [rule.service.id];
    }
    case 'port': {
      const [, port, path = ''] = /^(\d+)(\/.*)?$/.exec(value) ?? [];
      const rules = index?.port(Number(port)) ?? [];
      return rules
        .filter((rule) => rule.path === undefined || path.startsWith(rule.path))
        .map(({ service }) => service.id);
    }
    default:
      return undefined;
  }
}
