import type { AccountKind, UseKind } from './hit.js';

export { type UseKind, useKinds } from './hit.js';

/** In words, for people. */
export const useWords: Readonly<Record<UseKind, string>> = {
  web: 'web chat or site',
  api: 'API integration',
  coding: 'coding tool',
  meeting: 'meeting bot',
  extension: 'browser extension',
  mcp: 'MCP server',
  agent: 'agent that acts by itself',
  account: 'sign-in, grant or payment',
};

/** Counted events of one kind of use; attempts are not among them. */
export interface Use {
  /** As in `Usage`: empty where the records hold no time. */
  day: string;
  service: string;
  accountKind: AccountKind;
  kind: UseKind;
  /** Name of the model, where the path carries one; else empty. */
  model: string;
  events: number;
}

// Where a path names the model: Gemini and Vertex AI, Azure OpenAI, Bedrock, the older OpenAI engines. References of the vendors.
const modelPlaces =
  /\/(?:models\/([^/:?]{1,120}):|(?:openai\/)?deployments\/([^/:?]{1,120})\/|model\/([^/?]{1,120})\/(?:invoke|converse)|engines\/([^/:?]{1,120})\/)/;

/** The model that a path names, in the characters that names of models have; undefined where it names none. */
export function modelOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const found = modelPlaces.exec(path);
  const name = found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4];
  if (name === undefined) return undefined;
  const plain = name.replace(/%3a/gi, ':').toLowerCase();
  return /^[a-z0-9][a-z0-9._:@-]*$/.test(plain) ? plain : undefined;
}
