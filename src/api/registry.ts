import type { Route } from './route.js';
import { acknowledgeRoutes } from './routes/acknowledge.js';
import { blocklistRoutes } from './routes/blocklists.js';
import { chunkRoutes } from './routes/chunks.js';
import { findingRoutes } from './routes/findings.js';
import { healthRoutes } from './routes/health.js';
import { metricsRoutes } from './routes/metrics.js';
import { peopleRoutes } from './routes/people.js';
import { pushRoutes } from './routes/push.js';
import { reportRoutes } from './routes/reports.js';
import { sourceRoutes } from './routes/sources.js';
import { subscriptionRoutes } from './routes/subscriptions.js';
import { telemetryRoutes } from './routes/telemetry.js';
import { usageRoutes } from './routes/usage.js';

/** Every route of the API. A new resource is one file of src/api/routes and one line here. */
export const routes: readonly Route[] = [
  ...pushRoutes,
  ...telemetryRoutes,
  ...sourceRoutes,
  ...chunkRoutes,
  ...findingRoutes,
  ...usageRoutes,
  ...subscriptionRoutes,
  ...reportRoutes,
  ...peopleRoutes,
  ...blocklistRoutes,
  ...acknowledgeRoutes,
  ...healthRoutes,
  ...metricsRoutes,
];

/** Methods that an address has; none where there is nothing at it. */
export function methodsOf(all: readonly Route[], path: string): string[] {
  const methods = all.filter((route) => fits(route, path)).map((route) => route.method);
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods;
}

function fits(route: Route, path: string): boolean {
  const wanted = route.path.split('/');
  const parts = path.split('/');
  if (route.tail === true ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]));
}
