import { type Catalog, foldName } from './compile.js';

/** Whether an application of this name or id is one of the catalog's services; the name of a wider product (Slack, Zoom) is none. */
export function knowsApp(catalog: Catalog, nameOrId: string): boolean {
  if (catalog.appIds.has(nameOrId.toLowerCase())) return true;
  const name = foldName(nameOrId);
  const rule = catalog.oauthNames.get(name) ?? catalog.samlNames.get(name);
  return rule !== undefined && !rule.service.embedded;
}
