import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Catalog, compileCatalog } from '../src/catalog/compile.js';
import { loadSignatures } from '../src/catalog/load.js';
import type { Service } from '../src/catalog/schema.js';
import { ByteWriter } from './generate/bytes.js';
import { planted } from './generate/services.js';
import { defaults, Traffic } from './generate/traffic.js';
import { verdict } from './goals.js';
import { median } from './measure.js';
import { count, failOn, table, WrongAnswer } from './print.js';

// The functions behind every look-up, called directly: time to compile a catalog and to find the service of a host, with the
// catalog as it is and with one of --signatures services.      npx tsx bench/lookup.ts [--signatures 10000] [--hosts 1000000]
const { values } = parseArgs({
  options: {
    signatures: { type: 'string', default: '10000' },
    hosts: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
  },
});
const rounds = Number(values.rounds);
/** A linear search takes so long that a few hosts must do. */
const linearHosts = 2000;

const { services, problems } = loadSignatures([join(import.meta.dirname, '../signatures')]);
if (problems.length > 0) throw new Error(`signatures/ has problems: "halflight catalog check" names them`);

/** The catalog, and made-up services beside it until there are `total`: names of one host, of several, with paths and wildcards. */
function grown(total: number): Service[] {
  const made: Service[] = [];
  for (let i = 0; services.length + made.length < total; i++) {
    const model = services[i % services.length];
    if (model === undefined) break;
    const site = `tool-${i}.${['ai', 'com', 'io', 'dev'][i % 4]}`;
    made.push({
      ...model,
      id: `made-${i}`,
      hosts: model.hosts.map((host, n) => ({
        ...host,
        host: n === 0 ? site : `${host.match === 'suffix' ? 'h' : 'e'}${n}.${site}`,
      })),
      paths: model.paths.map((path) => ({ ...path, host: site })),
    });
  }
  return [...services, ...made];
}

/** Hosts as logs have them, each once: ordinary ones, near misses, one in two hundred of an AI service in any spelling. */
function makeHosts(total: number): { host: string; service: string | undefined }[] {
  const traffic = new Traffic({ ...defaults, lines: total, hosts: 10_000_000, needles: [] });
  const out = new ByteWriter(-1);
  return Array.from({ length: total }, (_, index) => {
    traffic.next(index);
    const from = out.at;
    traffic.writeHost(out);
    // Logs' spellings are undone before the look-up.
    const host = out.buffer.toString('latin1', from, out.at).toLowerCase().replace(/\.$/, '');
    out.at = 0;
    return { host, service: traffic.service < 0 ? undefined : planted[traffic.service]?.[0] };
  });
}

const milliseconds = (go: () => void): number => {
  const began = performance.now();
  go();
  return performance.now() - began;
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

/** What a process holds for a catalog, read as from the build's cache: the services, and beside them what is compiled. */
function memoryOf(list: readonly Service[], host: string): { services: number; compiled: number } {
  const text = JSON.stringify(list);
  const before = heapBytes();
  const services = JSON.parse(text) as Service[];
  const read = heapBytes();
  const catalog = compileCatalog(services);
  catalog.targets.find(host, '/');
  const compiled = heapBytes();
  // Both are still wanted here, or they would have been given back.
  if (catalog.services.size !== services.length || text === '') throw new Error('an id is not unique');
  return { services: read - before, compiled: compiled - read };
}

function measure(name: string, list: readonly Service[], hosts: ReturnType<typeof makeHosts>): string[] {
  let catalog: Catalog | undefined;
  const compile = Array.from({ length: rounds }, () =>
    milliseconds(() => {
      catalog = compileCatalog(list);
    }),
  );
  if (catalog === undefined) throw new Error('no rounds');
  const { targets, targetRules } = catalog;
  const wrong: string[] = [];
  for (const { host, service } of hosts) {
    const rule = targets.find(host, undefined);
    const found = rule === undefined || rule.weak || rule.role === 'telemetry' ? undefined : rule.service.id;
    if (found !== service) wrong.push(`${host}: ${found}, expected ${service}`);
  }
  failOn(`the look-up in ${name}`, wrong);
  let hits = 0;
  const find = Array.from({ length: rounds }, () =>
    milliseconds(() => {
      for (const { host } of hosts) if (targets.find(host, undefined) !== undefined) hits++;
    }),
  );
  const sample = hosts.slice(0, linearHosts);
  const linear = milliseconds(() => {
    for (const { host } of sample)
      for (const rule of targetRules)
        if (host === rule.host || (host.endsWith(rule.host) && host[host.length - rule.host.length - 1] === '.'))
          hits++;
  });
  if (hits === 0) throw new Error('nothing was found');
  const perHost = (median(find) * 1e6) / hosts.length;
  const perHostLinear = (linear * 1e6) / sample.length;
  const memory = memoryOf(list, hosts[0]?.host ?? '');
  const mib = (memory.services + memory.compiled) / 2 ** 20;
  if (list.length >= 10_000) {
    console.log(`  goal: a look-up at most 300 ns: ${count(perHost)} ns, ${verdict(perHost, 300)}`);
    console.log(`  goal: compiling at most 300 ms: ${count(median(compile))} ms, ${verdict(median(compile), 300)}`);
    console.log(`  goal: memory at most 30 MiB: ${count(mib)} MiB with the services, ${verdict(mib, 30)}`);
  }
  const compiledMib = (memory.compiled / 2 ** 20).toFixed(1);
  return [
    name,
    count(targetRules.length),
    median(compile).toFixed(1),
    compiledMib,
    count(perHost),
    count(perHostLinear),
  ];
}

try {
  const hosts = makeHosts(Number(values.hosts));
  console.log(`${count(hosts.length)} different hosts, ${rounds} rounds, medians`);
  const rows = [services, grown(Number(values.signatures))].map((list) =>
    measure(`${count(list.length)} services`, list, hosts),
  );
  table([['', 'rules', 'compile ms', 'MiB compiled', 'ns a host', 'ns a host, one rule after the other'], ...rows]);
  console.log('Every host gave the service that was planted.');
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
}
