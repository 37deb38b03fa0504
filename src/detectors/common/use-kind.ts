import type { Protocol, Service } from '../../catalog/schema.js';
import type { UseKind } from '../../core/use.js';

/** The host or path that matched, as its signature describes it. */
export interface Target {
  role?: string | undefined;
  protocol?: Protocol | undefined;
}

/**
 * How a service is used, by the signature that matched. What the service is for comes first (a coding tool talks to an API, too),
 * then how it was reached.
 */
export function useKindOf(detector: string, { role, protocol }: Target, service: Service): UseKind {
  if (detector === 'oauth-app' || detector === 'saml-app' || detector === 'merchant') return 'account';
  if (protocol === 'mcp' || isMcpThroughout(service)) return 'mcp';
  if (service.category === 'coding') return 'coding';
  if (service.category === 'meeting') return 'meeting';
  if (detector === 'extension') return 'extension';
  if (service.agent || service.category === 'agent') return 'agent';
  return role === 'api' || detector === 'user-agent' ? 'api' : 'web';
}

/** Many services offer an MCP server beside what they are; where signatures tell which host or path that is, only that is one. */
const isMcpThroughout = ({ mcp, hosts, paths }: Service): boolean =>
  mcp && ![...hosts, ...paths].some(({ protocol }) => protocol === 'mcp');
