import { signatureOf } from '../../catalog/compile.js';
import { EndpointFinder } from '../common/endpoints.js';
import type { GateIndex } from '../common/gate-index.js';
import type { GateReader } from '../common/reader.js';
import type { Trace, Unknown } from '../common/trace.js';

const finders = new WeakMap<GateIndex, EndpointFinder>();

/** Machines that a port of a local runtime says something of: one's own, and names without a dot, as containers have; no number, as in the ports of a container. */
const near =
  /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|::1|host\.docker\.internal|(?!\d+$)[a-z0-9_-]+|.+\.(?:local|internal|svc|localhost))$/;

/** Ports on which anything may listen: there the path has to fit too. */
const everyday: ReadonlySet<number> = new Set([80, 443, 1234, 1337, 3000, 4000, 5000, 5001, 8000, 8080, 8888, 30000]);

/** Paths of the APIs that many servers copy: on a host that no signature knows they mean a gateway or a server of one's own. */
const apiPaths = [
  ['/v1/chat/completions', 'OpenAI-compatible chat'],
  ['/v1/embeddings', 'OpenAI-compatible embeddings'],
  ['/v1/responses', 'OpenAI-compatible responses'],
] as const;

/** Hosts and URLs: in string literals of programs, anywhere in configuration. Comments do not count. */
export const reader: GateReader = {
  title: 'Endpoints: hosts and URLs in string literals and configuration, ports of local model servers',
  reads: ({ kind }) => kind === 'code' || kind === 'config',
  *read(file, index) {
    let finder = finders.get(index);
    if (finder === undefined) {
      finder = new EndpointFinder(index);
      finders.set(index, finder);
    }
    const seen = new Set<string>();
    for (const { host, port, path, offset, literal } of finder.find(file.text)) {
      if (!literal && file.name.kind === 'code') continue;
      const trace = traceOf(host, port, path, index);
      const key = trace === undefined ? '' : `${trace.kind} ${trace.what}`;
      if (trace === undefined || seen.has(key) || file.inComment(offset)) continue;
      seen.add(key);
      yield { ...trace, line: file.lineOf(offset) };
    }
  },
};

function traceOf(
  host: string,
  port: number | undefined,
  path: string | undefined,
  index: GateIndex,
): Trace | Unknown | undefined {
  const rule = index.target(host, path);
  if (rule !== undefined)
    return {
      kind: 'endpoint',
      service: rule.service.id,
      what: host,
      signature: `${rule.path === undefined ? 'host' : 'path'} ${signatureOf(rule)}`,
      confidence: rule.confidence,
      line: 0,
    };
  if (port !== undefined && near.test(host)) {
    const found = index.code
      .port(port)
      .find((item) => item.path === undefined || !everyday.has(port) || path?.startsWith(item.path));
    if (found !== undefined)
      return {
        kind: 'endpoint',
        service: found.service.id,
        what: `${host}:${port}`,
        signature: `port ${port}`,
        confidence: 'medium',
        line: 0,
      };
  }
  const family = apiPaths.find(([end]) => path?.endsWith(end));
  if (family === undefined || /(?:^|\.)example(?:\.|$)|\.(?:test|invalid)$/.test(host)) return undefined;
  return { kind: 'candidate', what: host, why: `the path ends in ${family[0]}, the ${family[1]} API`, line: 0 };
}
