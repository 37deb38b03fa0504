import { type CodeIndex, codeIndex, type PackageRule } from '../../catalog/code-index.js';
import type { Catalog, TargetRule } from '../../catalog/compile.js';
import type { Ecosystem, Service } from '../../catalog/schema.js';
import type { Confidence } from '../../core/hit.js';
import type { SourceFile } from './file.js';
import type { Trace, TraceKind } from './trace.js';

/** A name of a signature, with or without `*` at its end, and whose it is. */
interface Named {
  service: Service;
  value: string;
  confidence: Confidence;
}

/** Zones in which organisations run servers of their own: a model API there is a candidate. */
const ownZones = ['com', 'net', 'org', 'io', 'dev', 'cloud', 'local', 'internal', 'lan', 'corp'];

/** The catalog as repositories ask it. Built once a run. */
export class GateIndex {
  readonly catalog: Catalog;
  readonly code: CodeIndex;
  /** Last labels of hosts that are looked at: those of the catalog, `com`, `ai` ..., and zones of organisations' own. */
  readonly topLevels: readonly string[];
  /** Ports of local runtimes. */
  readonly ports: readonly number[];
  readonly #variables = new Map<string, Named>();
  readonly #images = new Map<string, Named>();
  readonly #resources: Named[] = [];
  /** Maven groups and the packages in them; NuGet namespaces come from ids. */
  readonly #groups = new Map<string, PackageRule[]>();
  readonly #gems = new Map<string, PackageRule>();
  readonly #vendors = new Map<string, PackageRule[]>();

  constructor(catalog: Catalog) {
    this.catalog = catalog;
    this.code = codeIndex(catalog);
    this.topLevels = [
      ...new Set([...ownZones, ...catalog.targetRules.map(({ host }) => host.slice(host.lastIndexOf('.') + 1))]),
    ];
    const services = [...catalog.services.values()];
    this.ports = [...new Set(services.flatMap(({ ports }) => ports.map(({ port }) => port)))];
    for (const service of services) this.#name(service);
  }

  #name(service: Service): void {
    const { confidence } = service;
    const put = (map: Map<string, Named>, value: string): void => {
      if (!map.has(value)) map.set(value, { service, value, confidence });
    };
    for (const name of service.variables) put(this.#variables, name);
    for (const name of service.images) put(this.#images, name.toLowerCase());
    for (const value of service.resources) this.#resources.push({ service, value, confidence });
    for (const { ecosystem, name } of service.packages) {
      const rule = this.code.package(ecosystem, name);
      if (rule === undefined) continue;
      if (ecosystem === 'maven') append(this.#groups, name.slice(0, name.indexOf(':')), rule);
      if (ecosystem === 'rubygems') this.#gems.set(gemPath(name), rule);
      if (ecosystem === 'packagist') append(this.#vendors, name.slice(0, name.indexOf('/')).replace(/-php$/, ''), rule);
    }
    this.#resources.sort((a, b) => b.value.length - a.value.length);
  }

  package(ecosystem: Ecosystem, name: string): PackageRule | undefined {
    return this.code.package(ecosystem, name);
  }

  /** The rule of a host and path that counts as use: no weak host, no telemetry. */
  target(host: string, path: string | undefined): TargetRule | undefined {
    const rule = this.catalog.targets.find(host, path);
    return rule === undefined || rule.weak || rule.role === 'telemetry' ? undefined : rule;
  }

  /** `OPENAI_API_KEY`, or by a pattern such as `OPENAI_*`; the longest pattern wins. */
  variable(name: string): Named | undefined {
    const exact = this.#variables.get(name);
    if (exact !== undefined) return exact;
    for (let at = name.lastIndexOf('_'); at > 0; at = name.lastIndexOf('_', at - 1)) {
      const found = this.#variables.get(`${name.slice(0, at)}_*`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A container image, whatever its registry, tag and digest: `ollama/ollama` is in `docker.io/ollama/ollama:0.9`. */
  image(reference: string): Named | undefined {
    const [name = ''] = reference.toLowerCase().split('@');
    const parts = name.replace(/:[\w.-]*$/, '').split('/');
    for (let from = 0; from < parts.length; from++) {
      const found = this.#images.get(parts.slice(from).join('/'));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A type of infrastructure resource, a cloud's name of a service or an action: `aws_bedrock_agent`, `AWS::Bedrock::Agent`. */
  resource(name: string): Named | undefined {
    return this.#resources.find(({ value }) =>
      value.endsWith('*') ? name.startsWith(value.slice(0, -1)) : name === value,
    );
  }

  /**
   * The package of a class name on the JVM: its group begins the name. Where a group has packages of several services the one whose
   * artifact's last word stands in the name.
   */
  jvmClass(name: string): PackageRule | undefined {
    for (const parent of parentsOf(name)) {
      const rules = this.#groups.get(parent);
      const [only] = rules ?? [];
      if (rules === undefined || only === undefined) continue;
      if (new Set(rules.map((rule) => rule.service.id)).size === 1) return only;
      const rest = name
        .slice(parent.length)
        .toLowerCase()
        .replace(/[^a-z0-9]/g, '');
      return rules.find((rule) => rest.includes(lastWords(rule.value)));
    }
    return undefined;
  }

  /** `require 'openai'` is the gem `ruby-openai` or `openai`. */
  gem(required: string): PackageRule | undefined {
    const [first = ''] = required.split('/');
    return this.code.package('rubygems', required.replaceAll('/', '-')) ?? this.#gems.get(gemPath(first));
  }

  /** `OpenAI\Client` is `openai-php/client`: the vendor of the package begins the name space. */
  phpNamespace(name: string): PackageRule | undefined {
    const [vendor = '', ...rest] = name.toLowerCase().split('\\');
    const rules = this.#vendors.get(vendor);
    return rules?.find((rule) => rest.join('').includes(rule.value.slice(rule.value.indexOf('/') + 1))) ?? rules?.[0];
  }
}

const gemPath = (name: string): string => name.toLowerCase().replace(/^ruby-|-ruby$/g, '');
const lastWords = (coordinate: string): string =>
  coordinate
    .slice(coordinate.indexOf(':') + 1)
    .replace(/^langchain4j-|^spring-ai-(?:starter-model-)?|^quarkus-langchain4j-/, '')
    .replace(/[^a-z0-9]/g, '');

function append(map: Map<string, PackageRule[]>, key: string, rule: PackageRule): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [rule]);
  else list.push(rule);
}

function* parentsOf(name: string): Generator<string> {
  for (let at = name.length; at > 0; at = name.lastIndexOf('.', at - 1)) yield name.slice(0, at);
}

/** A trace of a package. */
export const packageTrace = (kind: TraceKind, rule: PackageRule, file: SourceFile, offset: number): Trace => ({
  kind,
  service: rule.service.id,
  what: rule.value,
  signature: `${rule.ecosystem} ${rule.value}`,
  confidence: rule.confidence,
  line: file.lineOf(offset),
  package: `${rule.ecosystem} ${rule.value}`,
});

/** A trace of a name that the catalog lists: a variable, an image, a resource. */
export const namedTrace = (kind: TraceKind, named: Named, what: string, file: SourceFile, offset: number): Trace => ({
  kind,
  service: named.service.id,
  what,
  signature: `${kind} ${named.value}`,
  confidence: named.confidence,
  line: file.lineOf(offset),
});
