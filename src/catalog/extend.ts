import { z } from 'zod';
import { nearest } from '../core/problem.js';
import type { Problem } from './problem.js';
import { type Service, serviceSchema } from './schema.js';

// A file that begins with `extends: ID` adds signatures to a service without copying it, so that an update of the service still
// arrives. It changes nothing that the service has.

/** Lists of a service that a file may add to. */
const { shape } = serviceSchema;
const lists = {
  sources: shape.sources.default([]),
  hosts: shape.hosts,
  paths: shape.paths,
  oauth_apps: shape.oauth_apps,
  saml_apps: shape.saml_apps,
  extensions: shape.extensions,
  merchants: shape.merchants,
  user_agents: shape.user_agents,
  packages: shape.packages,
  keys: shape.keys,
  tenant_controls: shape.tenant_controls,
  ports: shape.ports,
  variables: shape.variables,
  images: shape.images,
  resources: shape.resources,
};
type List = keyof typeof lists;
const listNames = Object.keys(lists) as List[];

export const additionSchema = z.strictObject({
  extends: shape.id.describe('Id of the service that this file adds to.'),
  checked: shape.checked.optional().describe('The day on which somebody last looked at the additions.'),
  ...lists,
  examples: z.strictObject({
    hit: shape.examples.shape.hit,
    miss: z.array(shape.examples.shape.miss.element).default([]),
  }),
});

/** What a file of the `extends` form adds. */
export type Addition = z.output<typeof additionSchema>;

/** An addition in the place where it came to stand: which entries of the service's lists are its own. */
export interface Added {
  id: string;
  file: string;
  /** `hosts` -> index of its first; as many as the addition has. */
  from: Readonly<Record<string, number>>;
  addition: Addition;
}

/** Adds to the services, in the order given. An addition to a service that is not there is a problem. */
export function applyAdditions(
  services: Map<string, Service>,
  additions: readonly { file: string; addition: Addition }[],
  problems: Problem[],
): Added[] {
  const added: Added[] = [];
  for (const { file, addition } of additions) {
    const id = addition.extends;
    const service = services.get(id);
    if (service === undefined) {
      const meant = nearest(id, services.keys());
      const guess = meant === undefined ? '' : `; did you mean ${meant}?`;
      problems.push({
        file,
        field: 'extends',
        message: `the catalog has no service ${id}${guess} ("halflight catalog list" shows all)`,
      });
      continue;
    }
    const from: Record<string, number> = { 'examples.hit': service.examples.hit.length };
    from['examples.miss'] = service.examples.miss.length;
    for (const name of listNames) from[name] = service[name].length;
    added.push({ id, file, from, addition });
    const grown = { ...service };
    for (const name of listNames) Object.assign(grown, { [name]: [...service[name], ...addition[name]] });
    grown.examples = {
      hit: [...service.examples.hit, ...addition.examples.hit],
      miss: [...service.examples.miss, ...addition.examples.miss],
    };
    services.set(id, grown);
  }
  return added;
}

/** The file in which a field of a service stands, and its name there: `hosts.7` of a service may be `hosts.0` of an addition. */
export function placeOf(
  { files, added }: { files: ReadonlyMap<string, string>; added: readonly Added[] },
  id: string,
  field: string,
): { file: string; field: string } {
  const [, list = '', index = '', rest = ''] = /^(examples\.\w+|\w+)\.(\d+)(.*)$/.exec(field) ?? [];
  const at = Number(index);
  const owner = list === '' ? undefined : added.findLast(({ id: of, from }) => of === id && at >= (from[list] ?? 0));
  if (owner === undefined) return { file: files.get(id) ?? id, field };
  return { file: owner.file, field: `${list}.${at - (owner.from[list] ?? 0)}${rest}` };
}
