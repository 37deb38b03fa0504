import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A host of the catalog; `service` is empty where use of it does not count. */
export interface CatalogHost {
  host: string;
  service: string;
}

interface SignatureFile {
  id: string;
  hosts?: (string | { host: string; role?: string; weak?: boolean })[];
}

const signatures = join(import.meta.dirname, '../signatures');

/** All hosts of signatures/, read without the product, so that peers look for as much as it does. */
export function catalogHosts(): CatalogHost[] {
  return readdirSync(signatures)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => {
      const { id, hosts = [] } = parse(readFileSync(join(signatures, name), 'utf8')) as SignatureFile;
      return hosts.flatMap((entry) => {
        const { host, role, weak } = typeof entry === 'string' ? { host: entry, role: '', weak: false } : entry;
        const name = host.replace(/^\*\./, '');
        // Wildcards inside a name are more than a search for text can say.
        return name.includes('*') ? [] : [{ host: name, service: weak === true || role === 'telemetry' ? '' : id }];
      });
    });
}
