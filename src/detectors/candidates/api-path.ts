import { getDomain } from 'tldts';
import { isIp } from '../../core/host.js';
import type { CandidateDetector } from '../common/detector.js';

// Paths of the protocol families of model APIs; on an unknown host they mean a gateway, a reseller or a server of one's own.
const families = [
  ['/v1/chat/completions', 'OpenAI-compatible chat'],
  ['/v1/completions', 'OpenAI-compatible completion'],
  ['/v1/responses', 'OpenAI-compatible responses'],
  ['/v1/embeddings', 'OpenAI-compatible embeddings'],
  ['/v1/messages', 'Anthropic messages'],
  [':generatecontent', 'Gemini'],
  [':streamgeneratecontent', 'Gemini'],
  ['/api/generate', 'Ollama'],
  ['/api/chat', 'Ollama'],
] as const;

/** A request of the shape of a model API to a host that no signature knows. */
export const candidate: CandidateDetector = {
  title: 'API path',
  suggest(event, catalog) {
    if (event.kind !== 'web' || event.host === undefined || event.path === undefined) return undefined;
    const path = event.path.toLowerCase();
    const family = families.find(([end]) => path.endsWith(end));
    if (family === undefined || catalog.targets.find(event.host, event.path) !== undefined) return undefined;
    // `/v1/messages` and Ollama's short paths are common names: they need a second word for it.
    if (
      /^\/(v1\/messages|api\/(chat|generate))$/.test(family[0]) &&
      event.port !== 11434 &&
      !/llm|gpt|model|anthropic|claude|ollama|\bai\b/.test(event.host)
    )
      return undefined;
    return {
      kind: 'host',
      subject: isIp(event.host) ? event.host : (getDomain(event.host) ?? event.host),
      reason: `the path ends in ${family[0]}, the ${family[1]} API`,
    };
  },
  needles: () => ['/v1/', 'generatecontent', '/api/generate', '/api/chat'],
  glance: () => ({ pathEnds: families.map(([end]) => end) }),
};
