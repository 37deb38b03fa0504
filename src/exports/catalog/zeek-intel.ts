import { zeekField } from './common/escape.js';
import { type CatalogExport, ownColumns } from './common/export.js';

/**
 * Indicators for Zeek's intelligence framework. Source: docs.zeek.org, "Intelligence Framework": a header line, fields separated by
 * tabs; Intel::DOMAIN is compared as a whole with names of DNS, HTTP and TLS, Intel::URL with host and path without a scheme.
 * So neither a host's subdomains nor wildcards nor the beginning of a path can be told: those rules are left out or hold for the name
 * itself only. Zeek's own logs have no such limit when `scan` reads them.
 */
export const catalogExport: CatalogExport = {
  title: 'Zeek',
  summary: 'indicators for the intelligence framework: whole names, without what lies below them',
  table: '',
  columns: ownColumns,
  rollUp: false,
  write(plan) {
    const rows = plan.rules
      .filter((rule) => rule.kind !== 'wildcard' && rule.path === undefined && !rule.silent)
      .map((rule) =>
        [rule.tail, 'Intel::DOMAIN', 'halflight', `${rule.service.name} (${rule.service.id}, ${rule.service.category})`]
          .map(zeekField)
          .join('\t'),
      )
      .sort();
    const fields = ['#fields', 'indicator', 'indicator_type', 'meta.source', 'meta.desc'].join('\t');
    return [{ name: 'halflight.intel', content: `${[fields, ...new Set(rows)].join('\n')}\n` }];
  },
};
