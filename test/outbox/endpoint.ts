import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The ways of an endpoint; `lost`: it takes what it is sent, and its answer does not arrive. */
export const ways = ['up', 'refused', 'reset', 'lost', 'unavailable', 'failing', 'slow'] as const;
export type Way = (typeof ways)[number];

/** Milliseconds after which a slow one answers. The channel waits for a second. */
const slowMs = 1300;
/** Seconds that it asks for with a 503. */
const askedSeconds = [30, 120, 600];
/** How far the time in a signature may be from now: what was signed before the clock was moved is a step old. */
const staleMs = 60_000;
const key = Buffer.alloc(32, 9);

interface Body {
  type: string;
  data: { id: string; subject: string; details: { n?: number } };
}

/**
 * A receiver by the rules of Standard Webhooks: it verifies each request, knows a repeated one by its id, and writes down in which order
 * notices took effect. What is not as it must be is a sentence in `wrong`.
 */
export class Endpoint {
  readonly secret = `whsec_${key.toString('base64')}`;
  readonly name: string;
  readonly wrong: string[] = [];
  /** A hash of the body of each id that took effect. */
  readonly effects = new Map<string, string>();
  deliveries = 0;
  /** Requests since the way changed last. */
  asked = 0;
  /** Number of each notice, in the order of the effects. */
  readonly #order: number[] = [];
  port = 0;
  #way: Way = 'up';
  #server: Server | undefined;
  readonly #newestOf = new Map<string, number>();
  readonly #now: () => number;
  /** The most that the clock is moved at once. */
  readonly #stepMs: number;

  constructor(name: string, now: () => number, stepMs: number) {
    [this.name, this.#now, this.#stepMs] = [name, now, stepMs];
  }

  get way(): Way {
    return this.#way;
  }

  async become(way: Way): Promise<void> {
    this.#way = way;
    this.asked = 0;
    if (way === 'refused') await this.close();
    else if (this.#server === undefined) await this.open();
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => void this.#take(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** How many notices took effect out of their turn: all that are not in the longest series of rising numbers. */
  get outOfTurn(): number {
    // The smallest end of a series of each length (patience sorting).
    const ends: number[] = [];
    for (const n of this.#order) {
      let [low, high] = [0, ends.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((ends[middle] ?? 0) < n) low = middle + 1;
        else high = middle;
      }
      ends[low] = n;
    }
    return this.#order.length - ends.length;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {});
    response.on('error', () => {});
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // The sender was killed while it sent.
      return;
    }
    this.deliveries++;
    this.asked++;
    const id = String(request.headers['webhook-id'] ?? '');
    const body = Buffer.concat(parts).toString('utf8');
    this.#verify(id, body, request);
    const way = this.#way;
    if (way === 'up' || way === 'lost') this.#effect(id, body);
    if (way === 'up') response.writeHead(204).end();
    else if (way === 'reset' || way === 'lost' || way === 'refused') (request.socket as Socket).resetAndDestroy();
    else if (way === 'failing') response.writeHead(500).end('an error');
    else if (way === 'unavailable') {
      const seconds = askedSeconds[this.deliveries % askedSeconds.length] ?? 60;
      response.writeHead(503, { 'retry-after': String(seconds) }).end();
    } else {
      await sleep(slowMs);
      // Whoever waits so long no longer does.
      response.writeHead(204).end();
    }
  }

  #verify(id: string, body: string, { headers }: IncomingMessage): void {
    const timestamp = String(headers['webhook-timestamp'] ?? '');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    if (headers['webhook-signature'] !== `v1,${signature}`) this.#say(`delivery ${id} is signed wrongly`);
    const age = this.#now() - Number(timestamp) * 1000;
    if (!(Math.abs(age) < staleMs + this.#stepMs)) this.#say(`delivery ${id} was signed ${age} ms ago`);
  }

  #effect(id: string, body: string): void {
    const hash = createHash('sha256').update(body).digest('base64url');
    const before = this.effects.get(id);
    if (before !== undefined) {
      if (before !== hash) this.#say(`delivery ${id} came again with another body`);
      return;
    }
    this.effects.set(id, hash);
    const { data } = JSON.parse(body) as Body;
    const { subject } = data;
    if (data.id !== id) this.#say(`delivery ${id} holds notice ${data.id}`);
    const { n } = data.details;
    // Of the service's own, and not of a campaign.
    if (n === undefined) return;
    const newest = this.#newestOf.get(subject) ?? -1;
    if (n < newest) this.#say(`notice ${n} about ${subject} took effect after its notice ${newest}`);
    this.#newestOf.set(subject, Math.max(newest, n));
    this.#order.push(n);
  }

  #say(sentence: string): void {
    if (this.wrong.length < 100) this.wrong.push(`${this.name}: ${sentence}`);
  }
}
