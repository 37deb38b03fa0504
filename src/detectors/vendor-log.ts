import type { Event } from '../core/event.js';
import type { Detector } from './common/detector.js';

/** Logs that a vendor keeps of one service alone, by format: what stands in them is use of that service, in the organisation's own workspace. */
const services: Readonly<Record<string, string>> = {
  'openai-audit': 'openai-api',
  'anthropic-compliance': 'claude',
  'github-copilot': 'github-copilot',
  'o365-audit': 'microsoft-365-copilot',
  'google-workspace': 'gemini-workspace',
};

/** Records of Google Workspace that name a page are of Chrome, which sees the pages of all. */
const isOfVendor = (event: Event): boolean =>
  event.kind === 'activity' && event.host === undefined && event.url === undefined;

/** A record of the vendor's own audit log: an account of the enterprise plan. */
export const detector: Detector = {
  title: "the vendor's own log",
  detect(event, catalog) {
    const id = Object.hasOwn(services, event.vendor_format) ? services[event.vendor_format] : undefined;
    const service = id === undefined || !isOfVendor(event) ? undefined : catalog.services.get(id);
    if (service === undefined) return [];
    return [
      {
        service: service.id,
        signature: `log ${event.vendor_format}`,
        reason: `the vendor's own log of ${service.name} records it`,
        confidence: 'high',
        strength: 'account',
        account: 'enterprise',
      },
    ];
  },
};
