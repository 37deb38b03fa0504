import { stringify } from 'yaml';
import type { Category } from '../../catalog/categories.js';
import type { CandidateHit } from '../../core/hit.js';
import { isIp } from '../../core/host.js';
import { merchantWords } from './merchant-text.js';

/** What of a candidate goes into a signature. */
export interface DraftSource extends CandidateHit {
  /** Hosts or ids that were seen. */
  traces: readonly string[];
}

/** A file for the organisation's own signatures. */
export interface Draft {
  /** Id of the service that it describes or adds to. */
  service: string;
  /** File name. */
  name: string;
  text: string;
}

/** What cannot be a signature, and what to do instead. */
export class NoSignature extends Error {}

/** Lists of a signature and their examples. */
interface Traces {
  fields: Readonly<Record<string, readonly unknown[]>>;
  hit: string[];
  miss: string[];
}

/** A signature of a service of its own. `taken`: ids that are in use. @throws NoSignature */
export function draftSignature(
  candidate: DraftSource,
  { today, taken }: { today: string; taken: ReadonlySet<string> },
): Draft {
  const { fields, hit, miss } = tracesOf(candidate);
  const slug = slugOf(candidate);
  let id = slug;
  for (let n = 2; taken.has(id); n++) id = `${slug}-${n}`;
  const name = nameOf(candidate);
  const content = {
    id,
    name,
    summary: `An AI service that was found in logs: ${oneLine(candidate.subject, 100)}.`,
    category: categoryOf(candidate),
    vendor: { name },
    confidence: 'medium',
    checked: today,
    sources: [{ name: 'our own logs', read: today }],
    ...fields,
    examples: { hit, miss },
  };
  return {
    service: id,
    name: `${id}.yaml`,
    text: `${head(candidate)}${stringify(content, { lineWidth: 0 })}`,
  };
}

/** A file that adds the candidate to a service of the catalog. @throws NoSignature */
export function draftAddition(candidate: DraftSource, { service, today }: { service: string; today: string }): Draft {
  const { fields, hit, miss } = tracesOf(candidate);
  const content = {
    extends: service,
    checked: today,
    sources: [{ name: 'our own logs', read: today }],
    ...fields,
    examples: { hit, miss },
  };
  return {
    service,
    name: `${service}-${slugOf(candidate)}.yaml`,
    text: `${head(candidate)}${stringify(content, { lineWidth: 0 })}`,
  };
}

/** Why it looked like AI, as comments. */
const head = ({ kind, subject, score, reasons }: DraftSource): string =>
  [
    `From the candidate ${kind} ${oneLine(subject, 100)}, score ${score}:`,
    ...reasons.map(({ points, why }) => `  ${points > 0 ? '+' : ''}${points} ${oneLine(why, 200)}`),
    'Look at name, summary, category and vendor, and run "halflight catalog check --signatures DIR".',
  ]
    .map((line) => `# ${line}\n`)
    .join('');

function tracesOf(candidate: DraftSource): Traces {
  switch (candidate.kind) {
    case 'host':
      return hostTraces(candidate);
    case 'app':
      return appTraces(candidate);
    case 'extension':
      return extensionTraces(candidate);
    case 'merchant':
      return merchantTraces(candidate);
  }
}

/** Reasons that are about the registrable name, so that all of it is the service. */
const ofName: ReadonlySet<string> = new Set(['zone', 'low-confidence', 'platform']);

/** Reasons that show a request, and so its host. */
const ofRequest: ReadonlySet<string> = new Set(['api-path', 'sdk']);

function hostTraces({ subject, traces, reasons }: DraftSource): Traces {
  const inName = (why: string): boolean =>
    (subject.split('.')[0] ?? '').split('-').some((part) => why.includes(`"${part}"`));
  const whole = reasons.some(({ rule, why }) => ofName.has(rule) || (rule === 'word' && inName(why)));
  const seen = traces.filter((host) => host === subject || host.endsWith(`.${subject}`));
  const hosts = whole || seen.length === 0 ? [subject] : seen;
  const odd = hosts.find((host) => !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host) || !host.includes('.'));
  if (odd !== undefined)
    throw new NoSignature(
      `${oneLine(odd, 100)} cannot be the host of a signature, which has two labels or more and no ":" or "_": give the server a full name, or write the signature by its path or User-Agent`,
    );
  if (isIp(subject) && !reasons.some(({ rule }) => ofRequest.has(rule)))
    throw new NoSignature(
      `${subject} was seen only as the address of connections, and a signature needs the host or path of a request: ask one of its actors, and register the server by hand`,
    );
  const api = reasons.some(({ rule }) => rule === 'api-path' || rule === 'sdk');
  return {
    fields: { hosts: hosts.map((host) => (api ? { host, role: 'api' } : host)) },
    hit: hosts.map((host) => host),
    miss: hosts.flatMap((host) => [`${host}.example.net`]),
  };
}

function appTraces({ subject, traces }: DraftSource): Traces {
  const ids = traces.filter((id) => id !== subject);
  const name = oneLine(subject, 300);
  const apps =
    ids.length === 0 ? [{ platform: 'any', name }] : ids.map((id) => ({ platform: 'any', id: oneLine(id, 300), name }));
  return {
    fields: { oauth_apps: apps },
    hit: [`app:${name}`, ...ids.map((id) => `app:${oneLine(id, 300)}`)].map((example) => example.slice(0, 300)),
    miss: [`app:Not ${name}`.slice(0, 300)],
  };
}

function extensionTraces({ subject, traces }: DraftSource): Traces {
  const [id] = traces;
  if (id === undefined)
    throw new NoSignature(`the logs give no id of the extension ${oneLine(subject, 100)}: look it up in its store`);
  const store = /^[a-p]{32}$/.test(id)
    ? 'chrome'
    : /[@{]/.test(id)
      ? 'firefox'
      : id.includes('.')
        ? 'vscode'
        : 'chrome';
  return {
    fields: { extensions: traces.map((item) => ({ store, id: oneLine(item, 300), name: oneLine(subject, 300) })) },
    hit: traces.map((item) => `extension:${oneLine(item, 280)}`),
    miss: [`extension:not-${oneLine(id, 280)}`],
  };
}

function merchantTraces({ subject }: DraftSource): Traces {
  // A reference number differs from payment to payment; what stands before it does not.
  const words = merchantWords(subject);
  const number = words.findIndex((word, i) => i > 0 && /\d/.test(word));
  const descriptor = (number < 0 ? words : words.slice(0, number)).join(' ').toUpperCase();
  if (descriptor.replace(/[^\p{L}\p{N}]/gu, '').length < 4)
    throw new NoSignature(
      `"${oneLine(subject, 100)}" is too short to be told from other firms: write the signature by more of the text`,
    );
  return {
    fields: { merchants: [{ descriptor }] },
    hit: [`merchant:${descriptor}`],
    miss: [`merchant:NOT ${descriptor}`],
  };
}

/** A first guess, for a person to look at. */
function categoryOf({ kind, reasons }: DraftSource): Category {
  const has = (rule: string, text = ''): boolean =>
    reasons.some((item) => item.rule === rule && item.why.includes(text));
  if (has('api-path', 'Model Context Protocol')) return 'agent';
  if (has('api-path', 'Ollama') || has('port')) return 'local-runtime';
  if (has('api-path') || has('sdk')) return 'model-api';
  if (has('platform')) return 'coding';
  return kind === 'extension' ? 'productivity' : 'chat';
}

function nameOf({ kind, subject }: DraftSource): string {
  if (kind === 'host' && !/^[\d.:a-f]+$/.test(subject)) {
    const [first = subject] = subject.split('.');
    return first
      .split('-')
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join(' ');
  }
  return oneLine(subject, 100);
}

/** An id: lower-case letters, digits and single hyphens. */
function slugOf({ subject }: DraftSource): string {
  const slug = subject
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-|-$/g, '');
  return slug === '' ? 'candidate' : slug;
}

/** Text of logs on one line, without characters that show nothing. */
const oneLine = (text: string, length: number): string =>
  text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, length)
    .replace(/\p{Surrogate}$/u, '');
