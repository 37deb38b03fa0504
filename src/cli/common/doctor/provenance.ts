import type { Check } from '../../../core/check.js';
import { isUnverified, type Provenance } from '../../../core/provenance.js';
import { warning } from './bounded.js';

const because: Partial<Record<Provenance, string>> = {
  unauthenticated: 'anybody who reaches its port can send',
  claimed: 'nobody vouches for what it says',
};

/** Sources whose data open no finding: where these are all there is, a service that is used stays unseen as a finding. */
export function checkProvenance(sources: readonly { id: string; kind: string; provenance: Provenance }[]): Check[] {
  return sources
    .filter(({ provenance }) => isUnverified(provenance))
    .map(({ id, kind, provenance }) =>
      warning(
        `worth of ${id}`,
        `its data open no finding and name nobody: they are ${provenance}, as ${because[provenance] ?? 'nobody vouches for them'}`,
        `${kind === 'syslog' ? 'Let in only senders with a client certificate (protocol: tls with client_ca), or where' : 'Where'} you know that they are true, say so: provenance: reported with a provenance_reason, for the source ${id} (docs/sources.md).`,
      ),
    );
}
