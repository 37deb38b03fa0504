import { createSocket } from 'node:dgram';
import { connect, isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import { addressBits } from './address.js';
import { mostAddresses, nextAddressMs } from './connect.js';
import { EgressError } from './errors.js';
import { explain } from './explain.js';
import { checkedAddresses, refusedText } from './guard.js';
import type { Rules } from './policy.js';

/** Where a connection goes that is not HTTP. */
export interface EgressTarget {
  /** A host name or an address. */
  host: string;
  /** One of mail and syslog (25, 465, 587, 2525; 514, 601, 6514), or one of `net.ports`. */
  port: number;
}

export interface EgressConnect extends EgressTarget {
  /** `begin` speaks TLS from the first byte; `later` lets the caller begin it, as STARTTLS does; `none` never. */
  tls: 'begin' | 'later' | 'none';
  /** Certificate with its chain, and its key, both PEM, by which the other side knows this one. */
  identity?: { certificate: string; key: string } | undefined;
  /** Until the connection stands, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface EgressConnection {
  socket: Socket;
  /** How the other side is verified by whoever begins TLS later. */
  tls: ConnectionOptions;
}

/** What stands in the place of the text for URLs, where there is none. */
export const refusedTargetText =
  'This host and port may not be used: only public addresses on the ports of mail (25, 465, 587, 2525) and syslog (514, 601, 6514) ' +
  'are open. Check the spelling; allow internal hosts, networks and other ports under "net" in the configuration file.';

const rawPorts: ReadonlySet<number> = new Set([25, 465, 587, 2525, 514, 601, 6514]);
const largestDatagram = 65_000;

/**
 * Opens a connection to one of the addresses of a host, every one of which was checked; never to a name, and never by a web proxy,
 * which would neither be for such protocols nor let us check.
 * @throws EgressError; the reason of `signal` when that was aborted
 */
export async function connectRaw(target: EgressConnect, rules: Rules): Promise<EgressConnection> {
  const { port, signal, timeoutMs } = target;
  const { host, addresses } = await checkTarget(target, rules);
  const tls = target.tls === 'none' ? {} : verification(host, rules.ca, target.identity);
  const until = performance.now() + timeoutMs;
  let failure: unknown;
  for (const [i, address] of addresses.entries()) {
    signal?.throwIfAborted();
    const left = Math.max(1, until - performance.now());
    const wait = i === addresses.length - 1 ? left : Math.min(left, nextAddressMs);
    try {
      const open = (): Socket =>
        target.tls === 'begin' ? connectTls({ ...tls, host: address, port }) : connect({ host: address, port });
      const socket = await opened(open, target.tls === 'begin' ? 'secureConnect' : 'connect', wait, signal);
      return { socket, tls };
    } catch (error) {
      failure ??= error;
    }
  }
  signal?.throwIfAborted();
  throw explainRaw(failure, host);
}

/** Sends one datagram. That it left is all that can be known. @throws as `connectRaw` */
export async function sendDatagram(target: EgressTarget & { bytes: Uint8Array }, rules: Rules): Promise<void> {
  const { host, addresses } = await checkTarget(target, rules);
  const [address = ''] = addresses;
  if (target.bytes.length > largestDatagram)
    throw new EgressError('refused', `${host}: ${target.bytes.length} bytes do not fit into one datagram.`);
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.send(target.bytes, target.port, address, (error) => (error === null ? resolve() : reject(error)));
    });
  } catch (error) {
    throw explainRaw(error, host);
  } finally {
    socket.close();
  }
}

/** The checked addresses of a target, at most those that are tried. @throws EgressError */
export async function checkTarget(
  { host: written, port }: EgressTarget,
  rules: Rules,
): Promise<{ host: string; addresses: readonly string[] }> {
  const refused = (): EgressError => new EgressError('refused', refusedTargetText);
  const text = isIP(written) === 6 ? `[${written}]` : written;
  if (!/^[\w.-]{1,253}$|^\[[\da-fA-F:.]{2,45}\]$/.test(text) || !URL.canParse(`http://${text}/`)) throw refused();
  // The URL parser reads addresses in every spelling that a C library takes for one.
  const host = new URL(`http://${text}/`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === '' || !(rawPorts.has(port) || rules.openedPort(port))) throw refused();
  const bits = addressBits(host);
  if (bits !== undefined && !rules.address(bits, false)) throw refused();
  try {
    return { host, addresses: (await checkedAddresses(host, rules)).slice(0, mostAddresses) };
  } catch (error) {
    if (error instanceof EgressError && error.message === refusedText)
      throw new EgressError(error.kind, refusedTargetText, { cause: error });
    throw error;
  }
}

/** The name is always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
function verification(host: string, ca: string | undefined, identity: EgressConnect['identity']): ConnectionOptions {
  let secureContext: SecureContext;
  try {
    secureContext = createSecureContext({
      minVersion: 'TLSv1.2',
      ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
      ...(identity !== undefined && { cert: identity.certificate, key: identity.key }),
    });
  } catch {
    // What the library says may quote what it read.
    throw new EgressError('refused', `${host}: certificate and private key are no PEM, or do not belong together.`);
  }
  return { rejectUnauthorized: true, secureContext, ...(isIP(host) === 0 && { servername: host }) };
}

function explainRaw(error: unknown, host: string): EgressError {
  const explained = explain(error, host);
  if (!explained.message.includes('http://')) return explained;
  const text = `${host}: it does not speak TLS, or other versions of it: check the port, and whether TLS begins at once there.`;
  return new EgressError(explained.kind, text, { cause: error });
}

function opened(
  open: () => Socket,
  event: 'connect' | 'secureConnect',
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = open();
    const end = (error: unknown): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      socket.off(event, ready).off('error', end).off('close', closed);
      // What fails before its owner listens is told to the owner's next write.
      socket.on('error', () => undefined);
      if (error === undefined) resolve(socket);
      else {
        socket.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const ready = (): void => end(undefined);
    const stop = (): void => end(signal?.reason ?? new Error('stopped'));
    const closed = (): void => end(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    const timer = setTimeout(() => end(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), waitMs);
    socket.on(event, ready).on('error', end).on('close', closed);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
