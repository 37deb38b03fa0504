import type { Service } from '../../catalog/schema.js';
import type { UseKind } from '../../core/use.js';

/**
 * How a service is used, by the signature that matched. What the service is for comes first (a coding tool talks to an API, too),
 * then how it was reached. `role`: of the host or path.
 */
export function useKindOf(detector: string, role: string | undefined, service: Service): UseKind {
  if (detector === 'oauth-app' || detector === 'saml-app' || detector === 'merchant') return 'account';
  if (service.mcp) return 'mcp';
  if (service.category === 'coding') return 'coding';
  if (service.category === 'meeting') return 'meeting';
  if (detector === 'extension') return 'extension';
  if (service.agent || service.category === 'agent') return 'agent';
  return role === 'api' || detector === 'user-agent' ? 'api' : 'web';
}
