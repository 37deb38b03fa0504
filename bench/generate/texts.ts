import { bytes } from './bytes.js';
import type { Random } from './random.js';
import { plantedHosts } from './services.js';

/** A piece of a line, and whether one of the needles stands in it. */
export interface Piece {
  text: Buffer;
  needle: boolean;
}

const words =
  'alpine amber arrow atlas beacon birch blue brook canyon cedar cliff cloud coast copper coral crest delta ember falcon fern field flint forest frost garden glacier granite grove harbor hazel heron hill iron island jasmine juniper lake lantern larch laurel linen lotus lunar maple marble market meadow mill mint moss nordic north oak ocean olive onyx orchard otterbay paper pearl pine pixel plum prairie quarry raven reef ridge river robin rose saffron salt sand scarlet shore silver slate snow solar spring spruce stone storm summit sun swift teal thistle thunder tide timber trail tulip valley velvet violet walnut wave weather west willow wind winter wolf wren zephyr'.split(
    ' ',
  );
const things =
  'bank books cargo design energy express finance foods group health hotels labs legal media metrics news parts pay photo press retail shop sports studio supply systems tickets tools travel works'.split(
    ' ',
  );
const zones = [
  'com',
  'com',
  'com',
  'com',
  'com',
  'com',
  'net',
  'net',
  'org',
  'de',
  'io',
  'fr',
  'co.uk',
  'nl',
  'com.br',
  'se',
];
const machines = [
  'www',
  'www',
  'www',
  'cdn',
  'static',
  'img',
  'api',
  'login',
  'a1.edge',
  'e2e-17.telemetry',
  'fonts',
  'mail',
  's3.eu-west-1',
  'events.data',
  'assets',
];

/** Ordinary hosts, told apart by their number and put together from these pieces; none is made until it is written. */
export const ordinary = {
  machines: machines.map((text) => bytes(`${text}.`)),
  words: words.map(bytes),
  things: things.map((text) => bytes(`${text}-`)),
  zones: zones.map((text) => bytes(`.${text}`)),
};

const holds = (needles: readonly string[], text: string): boolean => needles.some((needle) => text.includes(needle));

/** How a log may write the host: as it is (mostly), in upper case, with the root's dot, below a machine's name. */
export interface Spellings {
  plain: readonly Piece[];
  odd: readonly Piece[];
}

export function spellings(host: string, needles: readonly string[]): Spellings {
  const piece = (text: string): Piece => ({ text: bytes(text), needle: holds(needles, text) });
  return {
    plain: [host, host, host, `www.${host}`, `app1.${host}`, `eu-west.edge.${host}`].map(piece),
    odd: [
      host.toUpperCase(),
      `${host}.`,
      `${host.charAt(0).toUpperCase()}${host.slice(1)}`,
      `WWW.${host.toUpperCase()}.`,
    ].map(piece),
  };
}

/** Hosts that are close to those of AI services and are not theirs. */
export function nearMisses(random: Random, needles: readonly string[], count = 500): Piece[] {
  return Array.from({ length: count }, () => {
    const host = random.pick(plantedHosts);
    // Glued to the registrable name: below it, the host would be the vendor's.
    const site = host.split('.').slice(-2).join('.');
    const number = random.below(10_000);
    const name = `${random.pick(words)}${number}`;
    const text = random.pick([
      `not${site}`,
      `my-${site}`,
      `x${number}${site}`,
      `${host}.evil-${number}.example`,
      `${host}.${name}.com`,
      `${host.replaceAll('.', '-')}.${name}.net`,
      `login.${host}.${name}.example.org`,
      `bonsai-${name}.com`,
      `www.dubai-${name}.net`,
    ]);
    return { text: bytes(text), needle: holds(needles, text) };
  });
}

const folders =
  'api v2 assets img js user search feed item static collect pub a graphql track content download en news'.split(' ');
const ends = ['.js', '.png', '.css', '.html', '', '', ''];

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
function noise(random: Random, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += letters.charAt(random.below(letters.length));
  return text;
}

export const paths = (random: Random, count = 4096): Buffer[] =>
  Array.from({ length: count }, () => {
    let path = '/';
    for (let depth = random.below(5); depth > 0; depth--)
      path += `${random.pick(folders)}${random.below(3) === 0 ? noise(random, 4 + random.below(10)) : ''}/`;
    return bytes(random.below(2) === 0 ? path : `${path}${noise(random, 4 + random.below(20))}${random.pick(ends)}`);
  });

/** Query strings: most requests have none, some are long, one in a hundred is very long. */
export const queries = (random: Random, count = 4096): Buffer[] =>
  Array.from({ length: count }, (_, i) => {
    if (i % 100 === 0) return bytes(`?state=${noise(random, 500 + random.below(3000))}`);
    if (random.below(5) > 1) return bytes('');
    let query = `?id=${noise(random, 8 + random.below(60))}`;
    if (random.below(3) === 0)
      query += `&next=https%3A%2F%2Fportal.site.example%2F${noise(random, 20 + random.below(160))}%3D%20`;
    return bytes(query);
  });

/**
 * Query strings with the names and hosts of AI services in them, which are no use of them. `json`: also some that look like
 * keys and values of JSON, escaped.
 */
export const aiQueries = (random: Random, needles: readonly string[], json: boolean, count = 256): Piece[] =>
  Array.from({ length: count }, () => {
    const host = random.pick(plantedHosts);
    const [name = ''] = host.split('.').slice(-2);
    const text = random.pick([
      `?q=${name}+login&n=${noise(random, 8)}`,
      `?ref=https://${host}/c/${noise(random, 12)}`,
      `?utm_source=${host}&utm_medium=referral`,
      `?u=https%3A%2F%2F${host}%2F&k=${noise(random, 6)}`,
      `?q=best+ai+tools+gpt+copilot+${noise(random, 5)}`,
      ...(json
        ? [
            `?j={\\"host\\":\\"${host}\\"}`,
            `?j=\\",\\"HTTPHost\\":\\"${host}\\",\\"uri\\":\\"`,
            `?j=C:\\\\&h=${host}\\\\`,
          ]
        : []),
    ]);
    return { text: bytes(text), needle: holds(needles, text) };
  });

export const userAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Microsoft-CryptoAPI/10.0',
  'Go-http-client/2.0',
].map(bytes);

export const firstNames = 'anna ben carla david elena farid grace hugo ines jonas kira liam maria noor oskar petra'
  .split(' ')
  .map((name) => bytes(`${name}.`));
export const lastNames =
  'berg cole dahl evans fischer gruber haddad ito jansen khan lopez meyer novak okoro patel rossi'
    .split(' ')
    .map(bytes);
export const mimeTypes = [
  'text/html',
  'application/json',
  'image/png',
  'application/javascript',
  'text/css',
  'application/octet-stream',
].map(bytes);
