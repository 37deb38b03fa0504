import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { canonicalHost } from '../core/host.js';
import { isInside, type Network, parseNetwork } from './address.js';
import { blockOf } from './blocks.js';

/** All addresses of a host name. */
export type Resolver = (host: string) => Promise<readonly string[]>;

/**
 * Where the service may go beside public addresses. It comes from the configuration file only, never from what is entered in the
 * console or arrives over the network.
 */
export interface EgressPolicy {
  /**
   * What is inside: host names (`minio.corp.example`, `*.corp.example`), networks (`10.0.0.0/8`) and addresses. A name opens
   * private and loopback addresses; link-local and other special ones only a network that is no wider than theirs.
   */
  allow?: readonly string[] | undefined;
  /** Ports beside 80, 443, 8080, 8443 and 9000. */
  ports?: readonly number[] | undefined;
  /**
   * `http://proxy.corp.example:3128`, with user and password where it asks for them. What `allow` names is still reached directly.
   * All other names are resolved by the proxy, so that it, and no longer this policy, decides which addresses they may lead to;
   * addresses in URLs, and names that only mean something inside (`localhost`, one label, `.local`, `.internal`), are checked here.
   */
  proxy?: string | undefined;
  /** PEM file with certificates to trust beside those that Node brings. */
  caFile?: string | undefined;
  /** In place of the system's. */
  resolve?: Resolver | undefined;
}

/** A policy made ready to be asked. */
export interface Rules {
  port(port: number): boolean;
  /** Is the port one that the configuration names? */
  openedPort(port: number): boolean;
  /** Is the name one that `allow` names? */
  name(host: string): boolean;
  /** May this address be connected to, for a host that `allow` names or not? */
  address(bits: bigint, named: boolean): boolean;
  /** Does `allow` open this address, which is not public? */
  opened(bits: bigint): boolean;
  proxy: string | undefined;
  ca: string | undefined;
  resolve: Resolver;
}

const standardPorts = [80, 443, 8080, 8443, 9000];
const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** @throws Error that names the part of the policy that does not stand */
export function readPolicy(policy: EgressPolicy): Rules {
  const networks: Network[] = [];
  const names = new Set<string>();
  const suffixes: string[] = [];
  for (const item of policy.allow ?? []) {
    const network = parseNetwork(item);
    const name = network === undefined && !/[/:\s]/.test(item) ? canonicalHost(item.replace(/^\*\./, '')) : undefined;
    if (network !== undefined) networks.push(network);
    else if (name !== undefined && item.startsWith('*.')) suffixes.push(`.${name}`);
    else if (name !== undefined) names.add(name);
    else
      throw new Error(
        `net.allow: "${item}" is neither a host name (minio.corp.example, *.corp.example) nor a network (10.0.0.0/8).`,
      );
  }
  const ports = new Set([...standardPorts, ...(policy.ports ?? [])]);
  for (const port of ports) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`net.ports: ${port} is no port: write a whole number from 1 to 65535.`);
  }
  const opens = (bits: bigint, least: number): boolean =>
    networks.some((network) => network.length >= least && isInside(bits, network));
  return {
    port: (port) => ports.has(port),
    openedPort: (port) => policy.ports?.includes(port) === true,
    name: (host) => names.has(host) || suffixes.some((suffix) => host.endsWith(suffix)),
    address: (bits, named) => {
      const block = blockOf(bits);
      return block === undefined || (named && block.byName) || opens(bits, block.network.length);
    },
    opened: (bits) => {
      const block = blockOf(bits);
      return block !== undefined && opens(bits, block.network.length);
    },
    proxy: policy.proxy === undefined ? undefined : proxyUrl(policy.proxy),
    ca: policy.caFile === undefined ? undefined : certificates(policy.caFile),
    resolve: policy.resolve ?? systemResolver,
  };
}

function proxyUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text may hold a password: it is not repeated.
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new Error('net.proxy is no URL of an HTTP proxy: write it as http://proxy.corp.example:3128.');
  return url.href;
}

function certificates(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`net.ca_file: ${file} cannot be read: check the path and that Halflight may read it.`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new Error(`net.ca_file: ${file} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).`);
  return text;
}
