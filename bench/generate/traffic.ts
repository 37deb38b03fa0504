import type { ByteWriter } from './bytes.js';
import { bytes } from './bytes.js';
import { Random } from './random.js';
import { planted, plantedHosts } from './services.js';
import {
  aiQueries,
  firstNames,
  lastNames,
  mimeTypes,
  nearMisses,
  ordinary,
  type Piece,
  paths,
  queries,
  type Spellings,
  spellings,
  userAgents,
} from './texts.js';

/** What a log is made of. */
export interface TrafficOptions {
  lines: number;
  seed: number;
  /** Share of lines that are AI use. */
  share: number;
  users: number;
  /** Different ordinary hosts. */
  hosts: number;
  days: number;
  /** Torn, spoiled and blank lines per million, together. */
  brokenPerMillion: number;
  /** Pieces whose lines are counted as well, for peers that search for text. */
  needles: readonly string[];
}

export const defaults: Omit<TrafficOptions, 'lines' | 'needles'> = {
  seed: 20261019,
  share: 0.005,
  users: 5000,
  hosts: 100_000,
  days: 7,
  brokenPerMillion: 20,
};

/** A Monday. */
export const began = Date.UTC(2026, 9, 19);
const dayLength = 86_400_000;

/** Shares of lines beside the AI use: near misses among hosts, AI words in query strings; and of AI use: other spellings, refusals. */
const shares = { nearMiss: 0.002, aiQuery: 0.003, oddSpelling: 0.01, refused: 0.05, ordinaryRefused: 0.01 };
/** One user in this many never signs in to the proxy and is known by address alone. */
const unnamedEvery = 20;

const services = planted.map(([id]) => id);
const hostService = planted.flatMap(([id, ...hosts]) => hosts.map(() => services.indexOf(id)));

/** The next request, made anew for each line in the same object; layouts write it in their own way. */
export class Traffic {
  readonly services = services;
  readonly days: readonly string[];
  kind: 'whole' | 'torn' | 'spoiled' | 'blank' = 'whole';
  /** Milliseconds since 1970, and the same in whole seconds. */
  time = began;
  second = 0;
  millisecond = 0;
  day = 0;
  /** Index of the service that is used; -1 for none. */
  service = -1;
  user = 0;
  named = true;
  /** CONNECT without a URL; Cloudflare sees the request inside. */
  tunnel = false;
  post = false;
  refused = false;
  status = 200;
  duration = 0;
  bytesOut = 0;
  bytesIn = 0;
  path = bytes('');
  query = bytes('');
  userAgent = bytes('');
  mimeType = bytes('');
  /** Any 32 bits, for what a layout makes up itself. */
  dice = 0;
  /** Whether a needle stands in host or query as they are written. */
  hostNeedle = false;
  queryNeedle = false;
  readonly #options: TrafficOptions;
  readonly #random: Random;
  readonly #spellings: readonly Spellings[];
  readonly #nearMisses: readonly Piece[];
  readonly #paths: readonly Buffer[];
  readonly #queries: readonly Buffer[];
  readonly #aiQueries: readonly Piece[];
  /** A host as it is, or the number of an ordinary one. */
  #host: Buffer | undefined;
  #ordinary = 0;

  /** `json`: see `aiQueries`. */
  constructor(options: TrafficOptions, json = false) {
    this.#options = options;
    const random = new Random(options.seed);
    this.#random = random;
    this.days = Array.from({ length: options.days }, (_, day) =>
      new Date(began + day * dayLength).toISOString().slice(0, 10),
    );
    this.#spellings = plantedHosts.map((host) => spellings(host, options.needles));
    this.#nearMisses = nearMisses(random, options.needles);
    this.#paths = paths(random);
    this.#queries = queries(random);
    this.#aiQueries = aiQueries(random, options.needles, json);
  }

  /** `index`: 0 to `lines` - 1. */
  next(index: number): void {
    const { lines, users, days, share } = this.#options;
    const random = this.#random;
    this.time = began + Math.floor((index / lines) * days * dayLength);
    this.second = Math.floor(this.time / 1000);
    this.millisecond = this.time - this.second * 1000;
    this.day = Math.floor((this.time - began) / dayLength);
    this.kind = this.#kind(index);
    this.user = random.below(users);
    this.named = this.user % unnamedEvery !== 0;

    const dice = random.next();
    this.dice = dice;
    this.tunnel = dice % 10 < 6;
    this.post = ((dice >>> 4) & 7) === 0;
    this.duration = (dice >>> 8) % 90_000;
    this.path = this.#paths[(dice >>> 3) & 4095] ?? this.path;
    this.mimeType = mimeTypes[(dice >>> 9) % mimeTypes.length] ?? this.mimeType;
    this.userAgent = userAgents[(dice >>> 5) % userAgents.length] ?? this.userAgent;

    const sizes = random.next();
    // One download in 16 and one upload in 256 are large.
    this.bytesIn = (sizes & 15) === 0 ? (sizes >>> 4) % 20_000_000 : 200 + ((sizes >>> 4) % 60_000);
    this.bytesOut = ((sizes >>> 20) & 255) === 0 ? (sizes >>> 3) % 5_000_000 : 300 + ((sizes >>> 8) % 4000);

    const where = random.share();
    this.service = -1;
    this.hostNeedle = false;
    if (where < share || (this.kind === 'spoiled' && where < 0.5)) this.#use(random);
    else if (where < share + shares.nearMiss) {
      const piece = random.pick(this.#nearMisses);
      this.#host = piece.text;
      this.hostNeedle = piece.needle;
    } else {
      this.#host = undefined;
      this.#ordinary = this.#ordinaryHost(random, index);
    }
    this.#ask(random);
    this.refused = random.share() < (this.service >= 0 ? shares.refused : shares.ordinaryRefused);
    this.status = this.refused ? 403 : (statuses[(dice >>> 12) & 15] ?? 200);
  }

  /** The first lines are whole, so that every layout can be detected. */
  #kind(index: number): Traffic['kind'] {
    const every = Math.round(1e6 / this.#options.brokenPerMillion);
    if (index % every !== every - 1) return 'whole';
    return (['torn', 'spoiled', 'torn', 'blank'] as const)[Math.floor(index / every) % 4] ?? 'torn';
  }

  #use(random: Random): void {
    // Few services have most of the use.
    const skewed = random.share();
    const at = Math.floor(skewed * skewed * plantedHosts.length);
    this.service = hostService[at] ?? 0;
    const spelling = this.#spellings[at];
    const odd = random.share() < shares.oddSpelling;
    const piece = random.pick((odd ? spelling?.odd : spelling?.plain) ?? []);
    this.#host = piece.text;
    this.hostNeedle = piece.needle;
  }

  #ask(random: Random): void {
    this.queryNeedle = false;
    if (random.share() < shares.aiQuery) {
      const piece = random.pick(this.#aiQueries);
      this.query = piece.text;
      this.queryNeedle = piece.needle;
    } else this.query = this.#queries[random.next() & 4095] ?? this.query;
  }

  /** Few hosts have most of the requests; where there are more hosts than that would reach, each has its turn. */
  #ordinaryHost(random: Random, index: number): number {
    const { hosts } = this.#options;
    if (hosts > 1_000_000) return index % hosts;
    const skewed = random.share();
    return Math.floor(skewed * skewed * skewed * hosts);
  }

  writeHost(out: ByteWriter): void {
    if (this.#host !== undefined) {
      out.put(this.#host);
      return;
    }
    const number = this.#ordinary;
    const mixed = Math.imul(number, 0x9e3779b1) >>> 0;
    const { machines, words, things, zones } = ordinary;
    if (mixed % 5 !== 0) out.put(machines[mixed % machines.length] as Buffer);
    out.put(words[(mixed >>> 4) % words.length] as Buffer);
    out.put(things[(mixed >>> 11) % things.length] as Buffer);
    out.number(number);
    out.put(zones[(mixed >>> 17) % zones.length] as Buffer);
  }

  /** Name and domain for layouts that log an address of mail: `anna.berg17`. */
  writeUser(out: ByteWriter): void {
    out.put(firstNames[this.user & 15] as Buffer);
    out.put(lastNames[(this.user >>> 4) & 15] as Buffer);
    out.number(this.user);
  }

  /** The user's own address; each user has another. */
  writeClient(out: ByteWriter): void {
    const { user } = this;
    out.put(ten);
    out.number(Math.floor(user / 62_500) % 250);
    out.byte(DOT);
    out.number(Math.floor(user / 250) % 250);
    out.byte(DOT);
    out.number(1 + (user % 250));
  }

  writeServer(out: ByteWriter): void {
    const { dice } = this;
    out.number(11 + ((dice >>> 2) % 200));
    out.byte(DOT);
    out.number((dice >>> 7) & 255);
    out.byte(DOT);
    out.number((dice >>> 13) & 255);
    out.byte(DOT);
    out.number(1 + ((dice >>> 19) % 254));
  }
}

const statuses = [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 204, 206, 302, 304, 304, 404];
const DOT = 46;
const ten = bytes('10.');
