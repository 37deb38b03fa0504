import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dice } from './random.js';

/** A receiver of webhooks that knows a repeated delivery by its id, fails now and then, and now and then forgets to answer. */
export class Hook {
  /** Body of each id that took effect. */
  readonly effects = new Map<string, string>();
  deliveries = 0;
  readonly wrong: string[] = [];
  readonly secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  readonly #server = createServer((request, response) => void this.#take(request, response));
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {});
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // The sender was killed while it sent.
      return;
    }
    const body = Buffer.concat(parts).toString('utf8');
    const id = String(request.headers['webhook-id'] ?? '');
    this.deliveries++;
    if (this.#dice.chance(0.1)) {
      response.writeHead(503).end();
      return;
    }
    const signed = `${id}.${String(request.headers['webhook-timestamp'])}.${body}`;
    const signature = createHmac('sha256', Buffer.alloc(32, 7)).update(signed).digest('base64');
    if (request.headers['webhook-signature'] !== `v1,${signature}`) this.wrong.push(`delivery ${id} is signed wrongly`);
    const before = this.effects.get(id);
    if (before !== undefined && before !== body) this.wrong.push(`delivery ${id} came again with another body`);
    this.effects.set(id, body);
    // It took effect, and the sender does not hear of it.
    if (this.#dice.chance(0.1)) request.socket.destroy();
    else response.writeHead(204).end();
  }
}
