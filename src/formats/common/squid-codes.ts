import type { Action } from '../../core/event.js';
import { decodeUri, known, whole } from '../../core/text.js';

/**
 * What a result code of Squid (`TCP_MISS`, `TCP_DENIED`, `NONE_NONE`, `TAG_NONE_ABORTED`...) and the status say. 407 asks for
 * a password: the request did not go through. With a NONE code Squid answered itself; where that was no success, or no
 * answer at all, nobody can say whether it went through.
 */
export function cacheAction(code: string, status: number | undefined): Action {
  if (code.includes('DENIED') || status === 407) return 'blocked';
  const none = code === '-' || code === '' || code.includes('NONE');
  return none && (status === undefined || status >= 400) ? 'unknown' : 'allowed';
}

/** `000` means that no answer was sent. */
export function httpStatus(text: string | undefined): number | undefined {
  const status = whole(text);
  return status === undefined || status < 100 || status > 999 ? undefined : status;
}

/** The peer is the destination itself only where no other proxy stands between. */
export function destinationPeer(hierarchy: string, peer: string): string | undefined {
  return /DIRECT$|^ORIGINAL_DST$|^PINNED$/.test(hierarchy) ? known(peer) : undefined;
}

/** The user agent of a header dump (`log_mime_hdrs`), `[User-Agent: x\r\nHost: y\r\n]` or percent-encoded, or of a quoted last column. */
export function mimeUserAgent(line: string): string | undefined {
  const at = line.search(/user-agent:/i);
  if (at >= 0 && line.lastIndexOf('[', at) > 0) {
    const value = line.slice(at + 'user-agent:'.length);
    const end = value.search(/\\[rn]|%0[ad]|\]|$/i);
    const raw = value.slice(0, end);
    return known(raw.includes('%20') ? decodeUri(raw) : raw);
  }
  const end = line.lastIndexOf('"');
  const quoted = line.slice(line.lastIndexOf('"', end - 1) + 1, Math.max(end, 0));
  return /^[A-Za-z][\w.+-]{0,63}\/\d/.test(quoted) ? quoted : undefined;
}

/** What a Cisco Secure Web Appliance has behind Squid's columns: `<IW_ai,5.0,...>`, its verdicts, or `DEFAULT_CASE_12-Policy-...`, its decision. */
export const applianceTag = / <[A-Za-z_"-][^>]*,|\s[A-Z][A-Z_]+_\d{1,3}-\S+-\S+-/;
