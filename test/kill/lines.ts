import type { Line } from './counter.js';
import type { Dice } from './random.js';

/** Hosts of known services, picked from signatures/ by hand: each proves its service and says nothing of the kind of account. */
export const services: Readonly<Record<string, string>> = {
  'chatgpt.com': 'chatgpt',
  'claude.ai': 'claude',
  'www.perplexity.ai': 'perplexity',
  'www.midjourney.com': 'midjourney',
  'chat.deepseek.com': 'deepseek',
  'elevenlabs.io': 'elevenlabs',
};
const aiHosts = Object.keys(services);
const otherHosts = ['www.acme.example', 'intranet.acme.example', 'news.example.org', 'cdn.example.net'];
const dayMs = 86_400_000;

/** A line of Squid's native format, or one that is none. Times lie in the five days before `now`. */
export function squidLine(dice: Dice, source: string, now: number): Line {
  const draft = drawn(dice, source, now);
  if (draft.what === 'junk') return { ...draft, text: `torn ${dice.below(1e9)} half a line that nobody can read` };
  const address = `10.0.${dice.below(4)}.${dice.between(1, 9)}`;
  const named = dice.chance(0.9);
  const code = draft.what === 'attempt' ? 'TCP_DENIED/403' : 'TCP_TUNNEL/200';
  const stamp = `${Math.floor(draft.time / 1000)}.${String(draft.time % 1000).padStart(3, '0')}`;
  const way = draft.what === 'attempt' ? 'HIER_NONE/-' : 'HIER_DIRECT/203.0.113.7';
  const user = named ? draft.actor : '-';
  return {
    ...draft,
    actor: named ? draft.actor : address,
    bytesOut: 0,
    text: `${stamp} ${String(dice.below(9999)).padStart(6)} ${address} ${code} ${draft.bytesIn} CONNECT ${draft.host}:443 ${user} ${way} -`,
  };
}

/** An event in the keys that `halflight parse` prints. */
export function jsonLine(dice: Dice, source: string, now: number): Line {
  const draft = drawn(dice, source, now);
  if (draft.what === 'junk')
    return { ...draft, text: JSON.stringify({ nothing: 'that is known', n: dice.below(1e9) }) };
  const event = {
    time: new Date(draft.time).toISOString(),
    kind: 'web',
    action: draft.what === 'attempt' ? 'blocked' : 'allowed',
    user: draft.actor,
    host: draft.host,
    bytes_in: draft.bytesIn,
    bytes_out: draft.bytesOut,
  };
  return { ...draft, text: JSON.stringify(event) };
}

function drawn(dice: Dice, source: string, now: number): Line & { host: string } {
  const what = dice.weighted({ hit: 25, attempt: 5, other: 66, junk: 4 });
  const host = dice.pick(what === 'other' ? otherHosts : aiHosts);
  return {
    text: '',
    source,
    what,
    host,
    service: services[host] ?? '',
    actor: `u${String(dice.between(1, 12)).padStart(2, '0')}`,
    time: now - dice.below(5 * dayMs),
    bytesIn: dice.between(39, 90_000),
    bytesOut: dice.between(100, 5000),
  };
}
