import type { Event, EventDraft } from '../../core/event.js';
import { canonicalHost, canonicalIp } from '../../core/host.js';
import { known } from '../../core/text.js';
import { splitHostPort, splitUrl } from '../../core/url.js';

/**
 * Turns a draft into an event: canonical host and addresses, host, port and path taken from the URL where the record does
 * not state them, text trimmed, missing values left out. Applied to every draft of every format, so formats need not.
 */
export function completeEvent(draft: EventDraft, line: number, format: string): Event {
  const url = known(draft.url);
  const target = url === undefined ? {} : splitUrl(url);
  const named = hostAndPort(known(draft.host));
  const host = named.host ?? target.host;
  const port = draft.port ?? named.port ?? target.port;
  const path = known(draft.path) ?? target.path;
  const fields: { [K in keyof Event]?: Event[K] | undefined } = {
    time: draft.time !== undefined && Number.isFinite(draft.time) ? Math.floor(draft.time) : undefined,
    user: known(draft.user),
    device: known(draft.device),
    src_ip: draft.src_ip === undefined ? undefined : canonicalIp(draft.src_ip),
    dst_ip: draft.dst_ip === undefined ? undefined : canonicalIp(draft.dst_ip),
    host,
    port: port !== undefined && port > 0 && port < 65536 ? port : undefined,
    url,
    path,
    method: known(draft.method),
    status: draft.status,
    bytes_out: draft.bytes_out,
    bytes_in: draft.bytes_in,
    user_agent: known(draft.user_agent),
    app: known(draft.app),
    app_id: known(draft.app_id),
    scopes: draft.scopes !== undefined && draft.scopes.length > 0 ? draft.scopes : undefined,
    event_id: known(draft.event_id),
    merchant: known(draft.merchant),
    amount: draft.amount,
    currency: known(draft.currency)?.toUpperCase(),
    cost_centre: known(draft.cost_centre),
    extension_id: known(draft.extension_id),
  };
  const event: Event = { line, kind: draft.kind, action: draft.action, vendor_format: format };
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) (event as unknown as Record<string, unknown>)[key] = value;
  }
  return event;
}

/** Some logs write the port behind the host, or a whole URL where the host belongs. */
function hostAndPort(text: string | undefined): { host?: string; port?: number } {
  if (text === undefined) return {};
  const host = text.includes(':') ? undefined : canonicalHost(text);
  if (host !== undefined) return { host };
  return text.includes('//') ? splitUrl(text) : splitHostPort(text);
}
