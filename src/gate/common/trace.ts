import type { Confidence } from '../../core/hit.js';

/** Kinds of traces, in the words of the report. */
export const traceKinds = {
  import: 'import line',
  endpoint: 'endpoint',
  dependency: 'dependency of a manifest',
  locked: 'dependency of a lock file',
  mcp: 'MCP server',
  resource: 'infrastructure resource',
  image: 'container image',
  command: 'command-line tool',
  variable: 'environment variable',
  key: 'committed key',
} as const;
export type TraceKind = keyof typeof traceKinds;

/** One trace of an AI service in a file. */
export interface Trace {
  kind: TraceKind;
  /** Id in the catalog. */
  service: string;
  /** What stands there: a package, a host, a variable, the prefix of a key. Comes from the repository; never a whole key. */
  what: string;
  /** The signature that it fits, as kind and value. */
  signature: string;
  confidence: Confidence;
  /** 1-based. */
  line: number;
  /** Dependencies: the package by its catalog name, to tell direct ones from those that came along. */
  package?: string;
}

/** Something that looks like AI and is in no catalog. */
export interface Unknown {
  kind: 'candidate';
  what: string;
  why: string;
  line: number;
}

/** The name of a model, before it is known whose service it runs on. */
export interface ModelTrace {
  kind: 'model';
  name: string;
  /** Vendor of the family. */
  maker: string;
  line: number;
}

export type Seen = Trace | Unknown | ModelTrace;
