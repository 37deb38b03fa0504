import type { EntraOptions } from '../../src/collectors/entra/options.js';
import { collector } from '../../src/collectors/entra.js';
import type { Check } from '../../src/core/check.js';
import { type ApiSource, apiSource } from './api-source.js';
import { type FakeGraph, fakeGraph } from './fake-graph.js';

/** A source over a fake Graph, with what the database would keep between runs. */
export interface EntraSource extends ApiSource {
  graph: FakeGraph;
  options(more?: Record<string, unknown>): EntraOptions;
  /** One run; killed before the batch with this number is committed. */
  collect(more?: Record<string, unknown>, killBefore?: number): Promise<void>;
  test(more?: Record<string, unknown>): Promise<Check[]>;
}

/** @param ports of other servers of this machine that the source may reach */
export async function entraSource(ports: readonly number[] = []): Promise<EntraSource> {
  const graph = await fakeGraph();
  const source = apiSource([graph.port, ...ports]);
  graph.settings.now = () => source.clock.now;
  const options = (more: Record<string, unknown> = {}): EntraOptions =>
    collector.options.parse({ ...graph.options, ...more });
  // One object with the source: what it counts lives in it.
  return Object.assign(source, {
    graph,
    options,
    collect: (more?: Record<string, unknown>, killBefore?: number) =>
      source.run((cursor) => collector.collect(options(more), cursor, source.context), killBefore),
    test: (more?: Record<string, unknown>) => collector.test(options(more), source.context),
    close: async () => {
      await Promise.all([source.context.egress.close(), graph.close()]);
    },
  });
}

/** Ids as Graph writes them, one for each number. */
export const graphId = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** A sign-in as Graph gives it. @param at milliseconds since 1970 */
export const signIn = (n: number, at: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: graphId(n),
  createdDateTime: new Date(at).toISOString(),
  userDisplayName: 'Ann Berg',
  userPrincipalName: 'ann.berg@acme.example',
  userId: graphId(900_001),
  appId: 'e0476654-c1d5-430b-ab80-70cbd947616a',
  appDisplayName: 'ChatGPT',
  ipAddress: '203.0.113.7',
  clientAppUsed: 'Browser',
  conditionalAccessStatus: 'success',
  isInteractive: true,
  signInEventTypes: ['interactiveUser'],
  riskDetail: 'none',
  resourceDisplayName: 'Microsoft Graph',
  status: { errorCode: 0, failureReason: 'Other.', additionalDetails: null },
  deviceDetail: { deviceId: '', displayName: 'ACME-L-17', operatingSystem: 'Windows', browser: 'Edge 131' },
  location: { city: 'Bonn', countryOrRegion: 'DE', geoCoordinates: { latitude: 50.7, longitude: 7.1 } },
  appliedConditionalAccessPolicies: [{ id: 'p', displayName: 'Require MFA', result: 'success' }],
  ...more,
});
