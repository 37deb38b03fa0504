import { sheetFormat } from './common/sheet.js';
import { tenantHeadersOf } from './common/tenant.js';

const header = ['service', 'name', 'header', 'value', 'must_hold', 'hosts', 'effect', 'plan', 'entry', 'source'];

/** For any proxy that reads TLS and can set headers. */
export const blockListFormat = sheetFormat(
  'tenant restrictions',
  'a work sheet: the headers that keep other tenants out of approved enterprise plans, for any proxy',
  header,
  (list) =>
    tenantHeadersOf(list).map((one) => ({
      cells: [
        one.service,
        one.name,
        one.header,
        one.values.join(','),
        one.holds,
        one.hosts.join(' '),
        one.effect,
        one.plan,
        one.entry,
        one.source,
      ],
      why: `${one.name} is allowed for enterprise accounts by entry ${one.entry}`,
    })),
);
