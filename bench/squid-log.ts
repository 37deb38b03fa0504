import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** What a scan of the generated log must find. */
export interface Answer {
  lines: number;
  rejected: number;
  /** Events by service and day: `chatgpt 2026-10-19`. */
  events: Map<string, number>;
  /** Requests by blocked users. */
  attempts: number;
}

/** mulberry32: small, seeded, good enough for logs. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const services = [
  ['chatgpt', 'chatgpt.com'],
  ['chatgpt', 'cdn.chatgpt.com'],
  ['claude', 'claude.ai'],
  ['gemini', 'gemini.google.com'],
  ['deepseek', 'chat.deepseek.com'],
  ['otter', 'otter.ai'],
  ['perplexity', 'www.perplexity.ai'],
] as const;
/** Near misses: they cost the prefilter, and must not count. */
const lookAlikes = [
  'chatgpt.com.evil.example',
  'notchatgpt.com',
  'xclaude.ai.example.net',
  'gemini.google.com.example.org',
];

/**
 * Writes a Squid log of `lines` lines over a week, with `share` of them AI use by 5,000 users; one line in 5,000 is torn.
 * The answer is counted while writing and shares no code with the product.
 */
export async function writeSquidLog(path: string, lines: number, share = 0.005, seed = 20261122): Promise<Answer> {
  const next = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const ordinary = Array.from(
    { length: 20_000 },
    (_, i) => `${pick(['www', 'cdn', 'static', 'img', 'api'])}.site-${i}.${pick(['com', 'net', 'org', 'de'])}`,
  );
  const answer: Answer = { lines, rejected: 0, events: new Map(), attempts: 0 };
  const out = createWriteStream(path);
  const began = Date.UTC(2026, 9, 19);
  let block: string[] = [];
  for (let i = 0; i < lines; i++) {
    const time = began + Math.floor((i / lines) * 7 * 86_400_000);
    const stamp = `${Math.floor(time / 1000)}.${String(time % 1000).padStart(3, '0')}`;
    const user = `user${Math.floor(next() * 5000)}`;
    const from = `10.${Math.floor(next() * 16)}.${Math.floor(next() * 256)}.${1 + Math.floor(next() * 254)}`;
    const bytes = 200 + Math.floor(next() * 100_000);
    const dice = next();
    let host: string = dice < share * 1.5 ? pick(lookAlikes) : pick(ordinary);
    if (dice < share) {
      const [service, name] = pick(services);
      host = name;
      if (next() < 0.05) {
        answer.attempts++;
        block.push(
          `${stamp} ${String(bytes % 900).padStart(6)} ${from} TCP_DENIED/403 3900 CONNECT ${host}:443 ${user} HIER_NONE/- text/html\n`,
        );
      } else {
        const key = `${service} ${new Date(time).toISOString().slice(0, 10)}`;
        answer.events.set(key, (answer.events.get(key) ?? 0) + 1);
        block.push(
          `${stamp} ${String(bytes % 90_000).padStart(6)} ${from} TCP_TUNNEL/200 ${bytes} CONNECT ${host}:443 ${user} HIER_DIRECT/203.0.113.${bytes % 250} -\n`,
        );
      }
    } else if (i % 5000 === 4999) {
      answer.rejected++;
      block.push(`${stamp} torn li\n`);
    } else if (dice < 0.7)
      block.push(
        `${stamp} ${String(bytes % 90_000).padStart(6)} ${from} TCP_TUNNEL/200 ${bytes} CONNECT ${host}:443 ${user} HIER_DIRECT/203.0.113.${bytes % 250} -\n`,
      );
    else
      block.push(
        `${stamp} ${String(bytes % 9000).padStart(6)} ${from} TCP_MISS/200 ${bytes} GET http://${host}/assets/${bytes % 977}/page.html?id=${bytes} ${user} HIER_DIRECT/203.0.113.${bytes % 250} text/html\n`,
      );
    if (block.length === 5000 || i === lines - 1) {
      if (!out.write(block.join(''))) await once(out, 'drain');
      block = [];
    }
  }
  out.end();
  await once(out, 'close');
  return answer;
}
