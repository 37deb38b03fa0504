import { readdir, readFile, readlink } from 'node:fs/promises';

// What the kernel throws away because a socket's buffer is full: the last column of /proc/net/udp (proc(5)), by inode.

/** One row of /proc/net/udp or udp6. */
export interface UdpRow {
  port: number;
  inode: string;
  drops: number;
}

export function parseUdpTable(text: string): UdpRow[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
      const drops = Number(fields[12]);
      return fields.length < 13 || Number.isNaN(port) || Number.isNaN(drops)
        ? []
        : [{ port, inode: fields[9] ?? '', drops }];
    });
}

/** Counts the drops of one socket of this process. */
export class UdpDrops {
  readonly #port: number;
  #inode: string | undefined;
  #seen = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Datagrams dropped since the last call. Undefined where the system does not tell. */
  async more(): Promise<number | undefined> {
    const rows = (await tables()).filter((row) => row.port === this.#port);
    this.#inode ??= await this.#ownInode(rows);
    const row = rows.find((candidate) => candidate.inode === this.#inode);
    if (row === undefined) return undefined;
    // The kernel counts in 32 bits.
    const more = (row.drops - this.#seen + 2 ** 32) % 2 ** 32;
    this.#seen = row.drops;
    return more;
  }

  /** Several sockets may share a port on different addresses: ours is among the files of this process. */
  async #ownInode(rows: readonly UdpRow[]): Promise<string | undefined> {
    const first = rows[0];
    if (first === undefined || rows.length === 1) return first?.inode;
    const names = await readdir('/proc/self/fd').catch(() => []);
    const links = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
    return rows.find((row) => links.includes(`socket:[${row.inode}]`))?.inode;
  }
}

async function tables(): Promise<UdpRow[]> {
  const texts = await Promise.all(
    ['/proc/self/net/udp', '/proc/self/net/udp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  );
  return texts.flatMap(parseUdpTable);
}
