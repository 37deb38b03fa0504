import { describe, expect, it } from 'vitest';
import { matchInput } from '../../src/catalog/compile.js';
import { loadCatalog } from '../../src/cli/common/catalog.js';
import { random } from '../helpers/random.js';

// How good the catalog is on hosts that nobody took from it: lists written down from general knowledge, in every spelling that logs
// have, and ordinary hosts made up from words that ordinary hosts are made of.

const catalog = loadCatalog();
const serviceOf = (input: string): string | null => {
  const match = matchInput(catalog, input);
  return 'service' in match ? match.service : null;
};

/** Sixty hosts of AI products that are widely known. */
const wellKnown = `
chatgpt.com chat.openai.com api.openai.com platform.openai.com sora.com claude.ai api.anthropic.com console.anthropic.com
gemini.google.com aistudio.google.com generativelanguage.googleapis.com notebooklm.google.com copilot.microsoft.com
api.githubcopilot.com copilot.github.com perplexity.ai api.perplexity.ai chat.mistral.ai api.mistral.ai chat.deepseek.com api.deepseek.com
grok.com api.x.ai meta.ai poe.com character.ai pi.ai you.com phind.com huggingface.co api-inference.huggingface.co replicate.com
api.replicate.com api.together.xyz api.groq.com openrouter.ai api.cohere.com midjourney.com app.runwayml.com stability.ai
api.stability.ai ideogram.ai leonardo.ai suno.com elevenlabs.io api.elevenlabs.io cursor.com api2.cursor.sh codeium.com windsurf.com
tabnine.com lovable.dev bolt.new v0.dev otter.ai fireflies.ai gamma.app jasper.ai copy.ai kimi.com
`
  .trim()
  .split(/\s+/);

/** Thirty that look like them, or stand beside them, and are something else. */
const lookAlikes = `
notchatgpt.com chatgpt.com.evil.example chat-openai.com openai.com.example api-openai.com xn--chatgt-2of.com claude.ai.phish.example
myclaude.ai claudette.org anthropic.company gemini.com gemini-google.com google.com.gemini.example mistral.com mistralwind.org
perplexity.ai.example deepseek.evil.example copilot.com.example microsoft.com github.com ai.example groq.example pie.ai.example
cursor.example tabnine.com.example poem.com youtu.be huggingface.example jasperwiki.org suno.com.example
`
  .trim()
  .split(/\s+/);

/** Letters as East Asian keyboards have them: the same host for every browser. */
const fullWidth = (host: string): string =>
  [...host]
    .map((char) => (char === '.' ? '\u3002' : String.fromCodePoint((char.codePointAt(0) ?? 0) + 0xfee0)))
    .join('');

/** `api.groq.com` -> `api.not-groq.com`. */
const inside = (host: string, front: string): string => host.replace(/[^.]+\.[^.]+$/, (name) => front + name);

const spellings: Readonly<Record<string, (host: string) => string>> = {
  'as it is': (host) => host,
  'upper case': (host) => host.toUpperCase(),
  'a root dot': (host) => `${host}.`,
  'a port': (host) => `${host}:443`,
  'an URL': (host) => `https://${host}/`,
  'an URL with path and query': (host) => `https://${host}/a/b?c=d#e`,
  'an URL without scheme': (host) => `//${host}/x`,
  'an URL in capitals, with a root dot and a port': (host) => `HTTPS://${host.toUpperCase()}.:8443/`,
  'user information': (host) => `https://user:secret@${host}/`,
  'percent signs': (host) => host.replaceAll('.', '%2E'),
  'full-width letters': fullWidth,
  'full-width letters in an URL': (host) => `https://${fullWidth(host)}/x`,
  'blanks around it': (host) => `  ${host}  `,
};

describe('of 60 well-known AI hosts', () => {
  it('60 are asked for', () => expect(new Set(wellKnown).size).toBe(60));
  it.each(Object.entries(spellings))('at least 58 are found, written with %s', (_name, spell) => {
    const missed = wellKnown.filter((host) => serviceOf(spell(host)) === null);
    expect(missed.length, missed.join(' ')).toBeLessThanOrEqual(2);
  });
  it('each names the same service in every spelling', () => {
    for (const host of wellKnown)
      for (const [name, spell] of Object.entries(spellings)) expect(serviceOf(spell(host)), name).toBe(serviceOf(host));
  });
});

describe('of 30 look-alikes', () => {
  it('30 are asked for', () => expect(new Set(lookAlikes).size).toBe(30));
  it.each(Object.entries(spellings))('none is found, written with %s', (_name, spell) => {
    expect(lookAlikes.filter((host) => serviceOf(spell(host)) !== null)).toEqual([]);
  });
  it('none is found where the well-known host is only a part of the name, the path, the query or the user', () => {
    const wrong = wellKnown.flatMap((host) =>
      [
        inside(host, 'not-'),
        inside(host, 'x'),
        `${host}.example`,
        `${host.replaceAll('.', '-')}.example`,
        `https://shop.example/${host}`,
        `https://shop.example/?to=https://${host}/`,
        `https://${host}@shop.example/`,
      ].filter((input) => serviceOf(input) !== null),
    );
    expect(wrong).toEqual([]);
  });
});

describe('of 100,000 ordinary hosts', () => {
  const words =
    'acme alpine atlas bakery bank bay beta blue book bridge car castle city cloud coast corn craft data day deal delta dental desk dock east edge energy event farm field film fire first fish flora fox fresh garden gate gold grand green grid harbor health hill home honey house iron island job lake law leaf light line lion logic lotus luna maple market media metro mill moon music nest north nova oak ocean office olive orbit park peak pine planet plaza point port press prime pulse quick rain ray red ridge river road rock rose royal sail school sea shop silver sky smart snow solar south spring star stone store storm studio summit sun swift team tech tower town trade trail travel tree trust union urban valley view villa vista water wave west wild wind wine wood world yard zen'.split(
      ' ',
    );
  const zones =
    'com com com com net org de co.uk fr nl io info eu us jp com.br in it es pl se ch at dev app shop online'.split(
      ' ',
    );
  const fronts = 'www mail shop static cdn img api app login portal news blog m support docs status'.split(' ');

  it('at most 10 count as AI', () => {
    const next = random(20261126);
    const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? '';
    const hosts = new Set<string>();
    while (hosts.size < 100_000) {
      const name =
        pick(words) + (next() < 0.3 ? '-' : '') + (next() < 0.85 ? pick(words) : `${Math.floor(next() * 999)}`);
      hosts.add(`${next() < 0.5 ? `${pick(fronts)}.` : ''}${name}.${pick(zones)}`);
    }
    const wrong = [...hosts].filter((host) => serviceOf(host) !== null);
    expect(wrong.length, wrong.join(' ')).toBeLessThanOrEqual(10);
  });
});
