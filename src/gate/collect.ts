import type { Catalog } from '../catalog/compile.js';
import type { FileName } from './common/file.js';
import type { KeyFinder } from './common/keys.js';
import type { ModelTrace, Seen, Trace, TraceKind } from './common/trace.js';
import type { GateCandidate, GateModel, GateStrength, Place } from './result.js';

/** All traces of one service. */
export interface Collected {
  service: string;
  places: Place[];
  traces: number;
}

const mostPlaces = 1000;
const mostCandidates = 1000;
const mostModels = 1000;

/** Kinds of traces that say what a program talks to; a model that is written beside them runs there. */
const tellsService: ReadonlySet<TraceKind> = new Set(['import', 'endpoint', 'mcp', 'resource', 'image', 'variable']);
const servesModels: ReadonlySet<string> = new Set(['model-api', 'model-hub', 'local-runtime', 'mlops']);
const rank: Readonly<Record<TraceKind, number>> = {
  endpoint: 0,
  import: 1,
  key: 2,
  mcp: 3,
  resource: 4,
  image: 5,
  dependency: 6,
  command: 7,
  variable: 8,
  locked: 9,
};

interface Locked {
  trace: Trace;
  file: string;
  /** Reader and folder, as in `manifests`. */
  home: string;
}
interface Waiting {
  trace: ModelTrace;
  file: string;
}

/** Takes up what the readers see, file by file, and adds it up by service. */
export class Collector {
  readonly #catalog: Catalog;
  readonly #keys: KeyFinder;
  readonly #services = new Map<string, Collected>();
  readonly #candidates = new Map<string, GateCandidate>();
  readonly #models = new Map<string, GateModel>();
  readonly #locked: Locked[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #declared = new Set<string>();
  readonly #manifests = new Set<string>();
  readonly keys: { trace: Trace; file: string }[] = [];

  constructor(catalog: Catalog, keys: KeyFinder) {
    this.#catalog = catalog;
    this.#keys = keys;
  }

  /** The folder states its direct dependencies for that reader. */
  manifest(reader: string, { folder }: FileName): void {
    this.#manifests.add(`${reader} ${folder}`);
  }

  /** Everything that one reader saw in a file. */
  add(reader: string, name: FileName, seen: Iterable<Seen>, services: Set<string>): void {
    const file = this.#keys.mask(name.path);
    for (const item of seen) {
      if (item.kind === 'candidate') {
        const what = this.#keys.mask(item.what);
        if (!this.#candidates.has(what) && this.#candidates.size < mostCandidates)
          this.#candidates.set(what, { what, why: this.#keys.mask(item.why), file, line: item.line });
      } else if (item.kind === 'model') this.#model(item, file, services);
      else {
        if (tellsService.has(item.kind)) services.add(item.service);
        if (item.kind === 'dependency' && item.package !== undefined) this.#declared.add(item.package);
        if (item.kind === 'key') this.keys.push({ trace: item, file });
        if (item.kind === 'locked') this.#locked.push({ trace: item, file, home: `${reader} ${name.folder}` });
        else this.#place(item, file, false);
      }
    }
  }

  #place(trace: Trace, file: string, transitive: boolean): void {
    const { kind, service, signature, confidence, line } = trace;
    const collected = this.#services.get(service) ?? { service, places: [], traces: 0 };
    this.#services.set(service, collected);
    collected.traces++;
    if (collected.places.length >= mostPlaces) return;
    collected.places.push({ file, line, kind, what: this.#keys.mask(trace.what), signature, confidence, transitive });
  }

  #model(trace: ModelTrace, file: string, services: ReadonlySet<string>): void {
    const service = this.#serving(trace, services);
    if (service === undefined) {
      if (this.#waiting.length < mostModels) this.#waiting.push({ trace, file });
    } else this.#settle(trace, file, service);
  }

  #settle({ name, maker, line }: ModelTrace, file: string, service: string | undefined): void {
    const key = `${name.toLowerCase()} ${service ?? ''}`;
    const known = this.#models.get(key);
    if (known !== undefined) known.files++;
    else if (this.#models.size < mostModels)
      this.#models.set(key, { name: this.#keys.mask(name), maker, service, file, line, files: 1 });
  }

  /** Whose service a model runs on: its maker's own, a cloud that the name tells, or the only one that serves models. */
  #serving({ name, maker }: ModelTrace, services: ReadonlySet<string>): string | undefined {
    const known = [...services].flatMap((id) => this.#catalog.services.get(id) ?? []);
    if (/^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|cohere|mistral|ai21|deepseek)\./.test(name)) {
      const bedrock = known.find(({ hosts }) => hosts.some(({ host }) => host.startsWith('bedrock-runtime.')));
      if (bedrock !== undefined) return bedrock.id;
    }
    const serving = known.filter(({ category }) => servesModels.has(category));
    const own = serving.filter(({ vendor }) => vendor.name === maker);
    if (own[0] !== undefined) return own[0].id;
    return serving.length === 1 ? serving[0]?.id : undefined;
  }

  /** The sums, once all files were seen. */
  finish(): { services: Collected[]; candidates: GateCandidate[]; models: GateModel[] } {
    for (const { trace, file, home } of this.#locked)
      this.#place(trace, file, this.#manifests.has(home) && !this.#declared.has(trace.package ?? ''));
    const services = [...this.#services.values()];
    for (const { places } of services)
      places.sort(
        (a, b) =>
          Number(a.transitive) - Number(b.transitive) ||
          rank[a.kind] - rank[b.kind] ||
          (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line),
      );
    const used = new Set(
      services.flatMap(({ service, places }) => (strengthOf(places) === 'transitive' ? [] : service)),
    );
    for (const { trace, file } of this.#waiting) this.#settle(trace, file, this.#serving(trace, used));
    return { services, candidates: [...this.#candidates.values()], models: [...this.#models.values()] };
  }
}

/** Kinds of traces that do not follow from each other. */
const groups: Readonly<Record<TraceKind, string>> = {
  import: 'package',
  dependency: 'package',
  locked: 'package',
  command: 'package',
  endpoint: 'network',
  mcp: 'configuration',
  resource: 'configuration',
  image: 'configuration',
  variable: 'configuration',
  key: 'key',
};

/** What the traces prove together. */
export function strengthOf(places: readonly Place[]): GateStrength {
  const direct = places.filter(({ transitive }) => !transitive);
  const has = (...kinds: readonly TraceKind[]): boolean => direct.some(({ kind }) => kinds.includes(kind));
  if (direct.length === 0) return 'transitive';
  if (has('import', 'endpoint'))
    return new Set(direct.map(({ kind }) => groups[kind])).size > 1 ? 'confirmed' : 'called';
  return has('dependency', 'locked', 'mcp', 'resource', 'image') ? 'declared' : 'mentioned';
}
