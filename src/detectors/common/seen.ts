import type { Event } from '../../core/event.js';

/**
 * Whether a sign-in was seen by a browser or its extension, and not made by the organisation's identity provider: it may be to
 * anybody's account, so it proves no enterprise one.
 */
export const seenInBrowser = ({ kind, vendor_format }: Event): boolean =>
  kind === 'signin' && vendor_format === 'push-security';
