import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Path } from './secret.js';

/** A mistake at a place of the file, before anybody knows what its keys mean. */
export interface TreeProblem {
  line: number;
  path: Path;
  message: string;
}

/** What a YAML file holds as plain data, and where each value stands. */
export interface Tree {
  value: Record<string, unknown>;
  /** The line of a value, or of the nearest one around it. */
  lineOf(path: Path): number;
  /** Whether the file says something at exactly this path. */
  has(path: Path): boolean;
  problems: readonly TreeProblem[];
}

/** Larger than any configuration that people write. */
export const maxConfigBytes = 1 << 20;
const limits = { nodes: 50_000, depth: 24, aliases: 100 } as const;

export const pathKey = (path: Path): string => path.join('\0');

/** Reads YAML. Never throws: what cannot be read is a problem with a line. An empty value counts as not given. */
export function readTree(text: string): Tree {
  return new TreeReader(text).read();
}

class TreeReader {
  readonly #text: string;
  readonly #counter = new LineCounter();
  readonly #lines = new Map<string, number>();
  readonly #problems: TreeProblem[] = [];
  #doc: Document.Parsed | undefined;
  #nodes = 0;
  #aliases = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Tree {
    const value = this.#parse();
    const lines = this.#lines;
    return {
      value,
      has: (path) => lines.has(pathKey(path)),
      lineOf(path) {
        for (let length = path.length; length > 0; length--) {
          const line = lines.get(pathKey(path.slice(0, length)));
          if (line !== undefined) return line;
        }
        return 1;
      },
      problems: this.#problems,
    };
  }

  #parse(): Record<string, unknown> {
    if (this.#text.length > maxConfigBytes) {
      this.#problem(1, [], 'is larger than 1 MiB; a configuration is a few pages at most');
      return {};
    }
    try {
      this.#doc = parseDocument(this.#text.replace(/^\ufeff/, ''), {
        schema: 'core',
        lineCounter: this.#counter,
        prettyErrors: false,
      });
    } catch {
      // The parser's own limits, for example nesting that is deeper than its stack.
      this.#problem(1, [], 'could not be read as YAML; it is nested too deeply');
      return {};
    }
    for (const { pos, code } of [...this.#doc.errors, ...this.#doc.warnings])
      this.#problem(this.#counter.linePos(pos[0]).line, [], yamlMistakes[code] ?? brokenYaml);
    try {
      const value = this.#read(this.#doc.contents, [], 0);
      if (value === undefined || value === null) return {};
      if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
      this.#problem(1, [], 'accepted is a map of keys such as organisation, server, sources');
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      this.#problem(error.line, [], error.message);
    }
    return {};
  }

  #read(node: unknown, path: Path, depth: number): unknown {
    if (++this.#nodes > limits.nodes) throw new TooMuch(this.#line(node), `holds more than ${limits.nodes} values`);
    if (depth > limits.depth) throw new TooMuch(this.#line(node), `is nested more than ${limits.depth} deep`);
    if (isAlias(node)) return this.#alias(node, path, depth);
    if (isScalar(node)) return node.value;
    if (isSeq(node))
      return node.items.map((item, index) => {
        this.#place([...path, index], item);
        return this.#read(item, [...path, index], depth + 1);
      });
    return isMap(node) ? this.#map(node, path, depth) : undefined;
  }

  /** Copies stay few, so that a file of a few lines cannot unfold into millions of values. */
  #alias(node: Node, path: Path, depth: number): unknown {
    if (++this.#aliases > limits.aliases)
      throw new TooMuch(this.#line(node), `uses aliases more than ${limits.aliases} times; write the values out`);
    const target = isAlias(node) && this.#doc !== undefined ? node.resolve(this.#doc) : undefined;
    if (target !== undefined) return this.#read(target, path, depth + 1);
    this.#problem(this.#line(node), path, 'an alias whose anchor is not there; a text that begins with * needs quotes');
    return undefined;
  }

  #map(node: YAMLMap, path: Path, depth: number): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      const line = this.#line(pair.key);
      if (key === undefined || key === '' || pair.key === null) {
        this.#problem(line, path, 'accepted as a key is a text');
        continue;
      }
      const inner = [...path, key];
      if (key === '<<') {
        this.#problem(line, inner, 'merging maps is not supported; write the keys out, or give one value an anchor');
        continue;
      }
      // Would reach the prototype of objects somewhere below; no key of ours or of a plug-in has such a name.
      if (['__proto__', 'constructor', 'prototype'].includes(key)) {
        this.#problem(line, inner, 'unknown key');
        continue;
      }
      if (Object.hasOwn(value, key)) continue;
      this.#place(inner, pair.key);
      const read = this.#read(pair.value, inner, depth + 1);
      if (read !== null && read !== undefined) value[key] = read;
      else this.#lines.delete(pathKey(inner));
    }
    return value;
  }

  #place(path: Path, node: unknown): void {
    this.#lines.set(pathKey(path), this.#line(node));
  }

  #line(node: unknown): number {
    const range = (node as Node | null | undefined)?.range;
    return range === undefined || range === null ? 1 : this.#counter.linePos(range[0]).line;
  }

  #problem(line: number, path: Path, message: string): void {
    this.#problems.push({ line, path, message });
  }
}

class TooMuch extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

// Sentences of our own: those of the parser quote the text, which may be a secret in the wrong place.
const brokenYaml = 'is not valid YAML; look at the indentation, quotes and brackets here';
const yamlMistakes: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands twice; keep one of them',
  TAB_AS_INDENT: 'is not valid YAML; indent with blanks, not with tabs',
  BAD_INDENT: 'is not valid YAML; keys of one map begin in the same column, and those of the next further right',
  BAD_ALIAS: 'is not valid YAML; a text that begins with * or & needs quotes',
  BAD_SCALAR_START: 'is not valid YAML; a text that begins with @, ` or % needs quotes',
  MISSING_CHAR: 'is not valid YAML; a quote, bracket, comma or colon is missing here or before',
  MULTIPLE_DOCS: 'holds more than one document; keep what stands before the line ---',
  TAG_RESOLVE_FAILED: 'has a tag (!...) that is not supported; a text that begins with ! needs quotes',
  BAD_DQ_ESCAPE: 'is not valid YAML; within double quotes a backslash is written \\\\, or use single quotes',
};
