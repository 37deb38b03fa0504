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
  const path = known(draft.path) ?? (target.path === cutPath ? undefined : target.path);
  const event: Event = { line, kind: draft.kind, action: draft.action, vendor_format: format };
  // Field by field: a list of entries in between made this the dearest part of a hit.
  if (draft.time !== undefined && Number.isFinite(draft.time)) event.time = Math.floor(draft.time);
  const user = known(draft.user);
  if (user !== undefined) event.user = user;
  const device = known(draft.device);
  if (device !== undefined) event.device = device;
  const source = draft.src_ip === undefined ? undefined : canonicalIp(draft.src_ip);
  if (source !== undefined) event.src_ip = source;
  const destination = draft.dst_ip === undefined ? undefined : canonicalIp(draft.dst_ip);
  if (destination !== undefined) event.dst_ip = destination;
  if (host !== undefined) event.host = host;
  if (port !== undefined && port > 0 && port < 65536) event.port = port;
  if (url !== undefined) event.url = url;
  if (path !== undefined) event.path = path;
  const method = known(draft.method);
  if (method !== undefined) event.method = method;
  if (draft.status !== undefined) event.status = draft.status;
  if (draft.bytes_out !== undefined) event.bytes_out = draft.bytes_out;
  if (draft.bytes_in !== undefined) event.bytes_in = draft.bytes_in;
  const agent = known(draft.user_agent);
  if (agent !== undefined) event.user_agent = agent;
  const app = known(draft.app);
  if (app !== undefined) event.app = app;
  const appId = known(draft.app_id);
  if (appId !== undefined) event.app_id = appId;
  if (draft.scopes !== undefined && draft.scopes.length > 0) event.scopes = draft.scopes;
  const eventId = known(draft.event_id);
  if (eventId !== undefined) event.event_id = eventId;
  const merchant = known(draft.merchant);
  if (merchant !== undefined) event.merchant = merchant;
  if (draft.amount !== undefined) event.amount = draft.amount;
  const currency = known(draft.currency)?.toUpperCase();
  if (currency !== undefined) event.currency = currency;
  const centre = known(draft.cost_centre);
  if (centre !== undefined) event.cost_centre = centre;
  const extension = known(draft.extension_id);
  if (extension !== undefined) event.extension_id = extension;
  if (draft.flow === true) event.flow = true;
  if (draft.account !== undefined) event.account = draft.account;
  if (draft.rollup !== undefined) event.rollup = draft.rollup;
  if (draft.declared === true) event.declared = true;
  if (draft.provenance !== undefined) event.provenance = draft.provenance;
  return event;
}

/** Meraki's way to say that it saw a host and no path. */
const cutPath = '/...';

/** Some logs write the port behind the host, or a whole URL where the host belongs. */
function hostAndPort(text: string | undefined): { host?: string; port?: number } {
  if (text === undefined) return {};
  const host = text.includes(':') ? undefined : canonicalHost(text);
  if (host !== undefined) return { host };
  return text.includes('//') ? splitUrl(text) : splitHostPort(text);
}
