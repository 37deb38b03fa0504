/** A server is waited for at most an hour, whatever it says. */
export const longestWait = 3_600_000;

/**
 * How long a server wants to be left alone, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), or
 * `X-Rate-Limit-Reset` in seconds since 1970 (Okta). Dates are held against the server's own `Date`, so that no clock need agree.
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const there = Date.parse(headers.date ?? '');
  const from = Number.isNaN(there) ? now : there;
  const said = headers['retry-after']?.trim();
  const reset = headers['x-rate-limit-reset']?.trim();
  const wait =
    said !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(said)
      ? Number(said) * 1000
      : said !== undefined && !Number.isNaN(Date.parse(said))
        ? Date.parse(said) - from
        : reset !== undefined && /^\d{9,11}$/.test(reset)
          ? Number(reset) * 1000 - from
          : undefined;
  return wait === undefined ? undefined : Math.min(longestWait, Math.max(0, wait));
}
