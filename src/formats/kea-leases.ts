import { Columns, splitCsv } from '../core/csv.js';
import { type Format, leaseSkip, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { known } from '../core/text.js';
import { leaseOf } from './common/lease.js';

// The lease file of Kea (memfile, `kea-leases4.csv`, `kea-leases6.csv`): a row for each change, times in seconds since 1970. A row
// whose lifetime is 0 takes the lease back; state 1 is declined, 2 reclaimed. Kea administrator's reference manual, lease storage.
const isHeader = (line: string): boolean =>
  /^address,(?:hwaddr|duid),(?:client_id,)?valid_lifetime,expire\b/.test(line);

function open(): Reader {
  let columns: Columns | undefined;
  return {
    read(text): Outcome {
      if (isHeader(text)) {
        columns = new Columns(text.split(','));
        return skip('header');
      }
      const fields = splitCsv(text);
      if (columns === undefined || fields === undefined) return reject('not a row of a lease file of Kea');
      const get = (name: string): string | undefined => columns?.get(fields, name);
      const [lifetime, expire] = [Number(get('valid_lifetime')), Number(get('expire'))];
      const address = get('address');
      if (address === undefined || !Number.isSafeInteger(lifetime) || !Number.isSafeInteger(expire) || expire <= 0)
        return reject('a row without address, lifetime or expiry');
      const state = get('state') ?? '0';
      if (state === '1') return skip('a declined address');
      const mac = get('hwaddr');
      // Kea escapes commas and keeps the final dot.
      const device = known(get('hostname')?.replaceAll('&#x2c', ',').replace(/\.$/, ''));
      if (lifetime <= 0) return leaseSkip({ address, at: expire * 1000, ended: true, mac, device });
      return leaseOf({ address, at: (expire - lifetime) * 1000, until: expire * 1000, mac, device });
    },
    state: () => undefined,
  };
}

/** Kea's lease file: all leases of now, and how they changed. */
export const format: Format = {
  title: 'Kea DHCP (lease file)',
  kinds: [],
  framing: 'csv',
  detect: (sample) =>
    isHeader(sample.lines[0] ?? '') ? { confidence: 0.99, why: 'the header of a lease file of Kea' } : undefined,
  open,
};
