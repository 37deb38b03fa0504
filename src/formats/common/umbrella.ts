import { Columns, splitCsv } from '../../core/csv.js';
import type { Action } from '../../core/event.js';
import { known } from '../../core/text.js';
import { parseDayMonth, parseIso } from '../../core/time.js';

/** Identity types of Cisco Umbrella, https://docs.umbrella.com/deployment-umbrella/docs/log-formats-and-versioning. */
const identityType =
  /^(?:(?:ad|saml|g suite|google workspace|directory|azure|okta)? ?(?:users?|computers?|groups?|ous?|devices?)|(?:internal |tunnel )?networks?|network (?:devices?|tunnels?)|sites?|(?:umbrella |anyconnect |cisco )*(?:roaming|secure|mobile) (?:computers?|clients?|devices?)|chromebooks?|virtual appliances?|default|windows|macos)$/i;
const personType = /\busers?$/i;
const deviceType = /roaming|\bcomputers?$|secure client|mobile|chromebook/i;

const typesOf = (field: string | undefined): string[] => (known(field) ?? '').split(',').map((type) => type.trim());

/** Whether a field lists identity types only: schema versions differ in what stands around it. */
export function listsTypes(field: string | undefined): boolean {
  return field !== undefined && field.length < 2000 && typesOf(field).every((type) => identityType.test(type));
}

/**
 * Adds the person and the device of one pair of columns. Identities are separated by commas, but a person's name may hold
 * `, ` itself; both lists have the same order. An identity without a type stays unknown: it may be a network.
 */
export function addIdentities(
  who: { user?: string; device?: string },
  identities = '',
  types: string | undefined,
): void {
  if (!listsTypes(types)) return;
  const kinds = typesOf(types);
  let names = kinds.length === 1 ? [identities] : identities.split(/,(?! )/);
  if (names.length !== kinds.length) names = identities.split(',');
  if (names.length !== kinds.length) return;
  for (const [i, kind] of kinds.entries()) {
    const name = known(names[i]);
    if (name === undefined) continue;
    if (personType.test(kind)) who.user ??= name;
    else if (deviceType.test(kind)) who.device ??= name;
  }
}

/** `Allowed`, `BLOCKED`, `Proxied` (sent on to the intelligent proxy: the name was resolved). A warning page stops nobody surely. */
export function umbrellaAction(verdict: string | undefined): Action {
  const text = verdict?.trim() ?? '';
  if (/^(?:allow|prox|isolat|permit)/i.test(text)) return 'allowed';
  return /^(?:block|den|drop)/i.test(text) ? 'blocked' : 'unknown';
}

/** Umbrella writes UTC without saying so; dashboard exports have date and time in two columns. */
export function umbrellaTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return parseIso(text, 'UTC') ?? parseDayMonth(text, 'mdy', 'UTC');
}

/** Columns of one schema: canonical names in the order of the files without header, with other names that headers use. */
export type Schema = readonly (readonly string[])[];

/** Reads rows with or without header; a header may come again with other columns. */
export class UmbrellaTable {
  #columns: Columns;
  readonly #schema: Schema;
  constructor(schema: Schema) {
    this.#schema = schema;
    this.#columns = new Columns(schema.map(([name = '']) => name));
  }

  /** Fields of a row; `header` when the line was one (and is remembered); undefined when a quote never closes. */
  row(text: string): string[] | 'header' | undefined {
    const fields = splitCsv(text);
    if (fields === undefined || !isUmbrellaHeader(fields)) return fields;
    this.#columns = new Columns(fields);
    return 'header';
  }

  get(fields: readonly string[], name: string): string | undefined {
    const names = this.#schema.find(([first]) => first === name) ?? [name];
    return this.#columns.get(fields, ...names);
  }
}

export function isUmbrellaHeader(fields: readonly string[]): boolean {
  const columns = new Columns(fields.slice(0, 60));
  return columns.has('timestamp', 'date', 'date & time', 'datetime') && columns.has('action', 'verdict', 'response');
}
