import type { Socket } from 'node:net';

/** The connections of a listener, with a cap on all and on those of one address. */
export class Connections {
  shed = 0;
  #max: number;
  readonly #perAddress: number;
  readonly #byAddress = new Map<string, number>();
  readonly #sockets = new Set<Socket>();

  constructor(max: number, perAddress: number) {
    this.#max = max;
    this.#perAddress = perAddress;
  }

  /** Never more than these, whatever the options say. */
  limitTo(max: number): void {
    this.#max = Math.min(this.#max, Math.max(1, max));
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Lets a connection in, or closes it at once. */
  admit(socket: Socket): boolean {
    const address = groupOf(socket.remoteAddress ?? '');
    const own = this.#byAddress.get(address) ?? 0;
    if (this.#sockets.size >= this.#max || own >= this.#perAddress) {
      this.shed++;
      socket.destroy();
      return false;
    }
    this.#byAddress.set(address, own + 1);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    });
    return true;
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** What counts as one address: whoever has an IPv6 address has its /64. */
export function groupOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(':')) return address;
  const [left = '', right] = address.split('%')[0]?.split('::') ?? [];
  const groups = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const full =
    right === undefined ? groups : [...groups, ...Array<string>(8 - groups.length - tail.length).fill('0'), ...tail];
  return `${full.slice(0, 4).join(':')}::/64`;
}
