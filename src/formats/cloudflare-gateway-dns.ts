import type { Action } from '../core/event.js';
import type { Format } from '../core/format.js';
import { detectLogpush, gatewayAction, type LogpushRecord, logpushLayout, logpushReader } from './common/cloudflare.js';

/**
 * Codes of ResolverDecision: 1 allowedByQueryName, 2 blockedByQueryName, 3 blockedByCategory, 4 allowedOnNoLocation,
 * 5 allowedOnNoPolicyMatch, 6 blockedAlwaysCategory, 7 overrideForSafeSearch, 8 overrideApplied, 9 blockedRule,
 * 10 allowedRule. An override answers the query, with another address.
 */
const blockedCodes = new Set(['2', '3', '6', '9']);
const allowedCodes = new Set(['1', '4', '5', '7', '8', '10']);

function actionOf(decision: string | undefined): Action {
  if (decision === undefined || !/^\d+$/.test(decision)) return gatewayAction(decision);
  if (blockedCodes.has(decision)) return 'blocked';
  return allowedCodes.has(decision) ? 'allowed' : 'unknown';
}

const mine = (record: LogpushRecord): boolean =>
  record.has('QueryName') && record.has('ResolverDecision', 'QueryNameReversed', 'SrcIP', 'MatchedCategoryIDs');

const layout = logpushLayout((key) => {
  if (key === 'queryname') return { use: 'host', bit: 1 };
  return /^(?:resolverdecision|querynamereversed|srcip|matchedcategoryids)$/.test(key)
    ? { use: 'any', bit: 2 }
    : { use: 'any' };
});

/** Cloudflare Gateway DNS, Logpush dataset `gateway_dns`; fields: developers.cloudflare.com/logs/reference/log-fields/account/gateway_dns. */
export const format: Format = {
  title: 'Cloudflare Gateway DNS (Logpush)',
  kinds: ['dns'],
  framing: 'json',
  detect: (sample) => detectLogpush(sample, mine, 'gateway_dns'),
  open: (context) =>
    logpushReader(
      mine,
      (record) => ({
        kind: 'dns',
        action: actionOf(record.text('ResolverDecision')),
        time: record.time(context, 'Datetime', 'Timestamp'),
        user: record.user(),
        device: record.text('DeviceName'),
        src_ip: record.text('SrcIP', 'SourceIP'),
        dst_ip: record.text('DstIP', 'DestinationIP'),
        port: record.positive('DstPort', 'DestinationPort'),
        host: record.text('QueryName'),
        app: record.text('ApplicationName', 'QueryApplicationNames', 'ApplicationNames'),
        event_id: record.text('QueryID'),
      }),
      context,
      layout,
    ),
};
