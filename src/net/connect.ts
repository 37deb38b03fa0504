import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import { checkedAddresses } from './guard.js';
import type { Rules } from './policy.js';

// More are checked, but who names dozens of addresses does not get dozens of connections.
export const mostAddresses = 4;
const connectMs = 10_000;
export const nextAddressMs = 3000;

/** How TLS is spoken: the name is always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
export const tlsOptions = (secureContext: SecureContext | undefined) => ({
  rejectUnauthorized: true,
  allowH2: false,
  ...(secureContext !== undefined && { secureContext }),
});

/**
 * Opens connections for undici: resolves the name once, checks every address, and connects to exactly those addresses in turn. As
 * what is connected to is never a name, a second answer of the name server has nothing to change.
 */
export function guardedConnector(rules: Rules, secureContext: SecureContext | undefined): buildConnector.connector {
  const patient = buildConnector({ ...tlsOptions(secureContext), timeout: connectMs });
  const hasty = buildConnector({ ...tlsOptions(secureContext), timeout: nextAddressMs });
  const dial = async (options: buildConnector.Options): Promise<Socket> => {
    const host = options.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const addresses = (await checkedAddresses(host, rules)).slice(0, mostAddresses);
    let failure: unknown;
    for (const [i, hostname] of addresses.entries()) {
      const connect = i === addresses.length - 1 ? patient : hasty;
      try {
        return await once(connect, { ...options, hostname, ...(isIP(host) === 0 && { servername: host }) });
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  };
  return (options, callback) => {
    dial(options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

const once = (connect: buildConnector.connector, options: buildConnector.Options): Promise<Socket> =>
  new Promise((resolve, reject) => {
    connect(options, (error, socket) => (error === null ? resolve(socket as Socket) : reject(error)));
  });
