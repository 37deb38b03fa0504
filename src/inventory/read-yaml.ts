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
import { type Problem, shortValue } from '../core/problem.js';
import { buildEntries, type RawEntry, type RawValue } from './build.js';
import { columnType, fieldName } from './fields.js';
import type { InventoryFile, ReadOptions } from './file.js';

/**
 * Reads the inventory from YAML: a list of entries, or `entries:` with the list. Values are taken as written (`1.10` stays `1.10`, a
 * date is a text); an empty value, `~` and `null` mean that nothing is known.
 */
export function readYamlInventory(text: string, options: ReadOptions): InventoryFile {
  const reader = new YamlReader(text, options.file);
  return buildEntries(reader.entries(), options, reader.problems);
}

class YamlReader {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #doc: Document.Parsed | undefined;

  constructor(text: string, file: string) {
    this.#file = file;
    try {
      this.#doc = parseDocument(text.replace(/^\ufeff/, ''), {
        schema: 'failsafe',
        lineCounter: this.#lines,
        prettyErrors: false,
        uniqueKeys: false,
      });
    } catch {
      // The parser's own limits, for example nesting that is deeper than its stack.
      this.problems.push(this.#problem(1, '', '', 'could not be read as YAML; it is nested too deeply'));
    }
  }

  entries(): RawEntry[] {
    if (this.#doc === undefined) return [];
    const top = this.#resolve(this.#doc.contents);
    const list = isMap(top) ? this.#resolve(top.get('entries', true)) : top;
    if (isMap(top))
      for (const { key } of top.items)
        if (textOf(key) !== 'entries')
          this.problems.push(
            this.#problem(
              this.#line(key),
              textOf(key) ?? '',
              '',
              'unknown field beside entries; accepted is a list of entries, or entries: with the list',
            ),
          );
    const items = isSeq(list) ? list.items : [];
    const starts = items.map((item) => (item as Node | null)?.range?.[0] ?? 0);
    const broken = new Map<number, Problem[]>();
    for (const error of this.#doc.errors) {
      const [at] = error.pos;
      const problem = this.#problem(this.#lines.linePos(at).line, '', '', `is not valid YAML: ${error.message}`);
      // A mistake may show itself only behind the entry that holds it.
      const owner = starts.findLastIndex((start) => start <= at);
      if (owner < 0) this.problems.push(problem);
      else broken.set(owner, [...(broken.get(owner) ?? []), problem]);
    }
    const empty = top === null || top === undefined || textOf(top) === '' || (isMap(top) && textOf(list) === '');
    if (!isSeq(list) && !empty)
      this.problems.push(
        this.#problem(this.#line(top), '', '', 'accepted is a list of entries, or entries: with the list'),
      );
    return items.map((item, index) => this.#entry(item, broken.get(index) ?? []));
  }

  #entry(item: unknown, broken: readonly Problem[]): RawEntry {
    const node = this.#resolve(item);
    const line = this.#line(item);
    const problems = [...broken];
    if (!isMap(node)) {
      problems.push(this.#problem(line, '', textOf(node) ?? '', 'an entry must be a map of fields, beginning with id'));
      return { line, fields: [], problems };
    }
    return { line, fields: this.#fields(node, '', problems), problems };
  }

  #fields(map: YAMLMap, prefix: string, problems: Problem[]): RawEntry['fields'] {
    return map.items.flatMap(({ key, value }) => {
      const written = textOf(this.#resolve(key)) ?? '';
      const line = this.#line(key);
      const node = this.#resolve(value);
      const name = fieldName(written);
      const type = prefix === '' ? columnType(name) : undefined;
      if (type?.type === 'group') {
        if (isMap(node)) return this.#fields(node, `${name}_`, problems);
        if (isMissing(node)) return [];
        const parts = type.parts.join(', ');
        problems.push(this.#problem(line, written, textOf(node) ?? '', `must hold fields of its own: ${parts}`));
        return [];
      }
      const raw = this.#value(node);
      if (raw === undefined) {
        problems.push(
          this.#problem(
            line,
            `${prefix}${written}`,
            '',
            'is nested too deeply; accepted is a text, a list of texts, or names with texts',
          ),
        );
        return [];
      }
      return [{ written: `${prefix}${written}`, value: raw, line }];
    });
  }

  /** Undefined for what no field can hold: lists in lists, maps in lists. */
  #value(node: unknown): RawValue | undefined {
    if (isMissing(node)) return '';
    const text = textOf(node);
    if (text !== undefined) return text;
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#resolve(item)).filter((item) => !isMissing(item));
      const texts = items.map(textOf);
      return texts.every((item) => item !== undefined) ? texts : undefined;
    }
    if (!isMap(node)) return undefined;
    const pairs = node.items.map(
      ({ key, value }) => [textOf(this.#resolve(key)), textOf(this.#resolve(value))] as const,
    );
    const known = pairs.filter((pair): pair is [string, string] => pair[0] !== undefined && pair[1] !== undefined);
    return known.length === pairs.length ? new Map(known) : undefined;
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) && this.#doc !== undefined ? node.resolve(this.#doc) : node;
  }

  #line(node: unknown): number {
    const range = (node as Node | null | undefined)?.range;
    return range === undefined || range === null ? 1 : this.#lines.linePos(range[0]).line;
  }

  #problem(line: number, field: string, value: string, message: string): Problem {
    return { severity: 'error', file: this.#file, line, field, value: shortValue(value), message };
  }
}

/** The text of a scalar. */
const textOf = (node: unknown): string | undefined => (isScalar(node) ? String(node.value ?? '') : undefined);

/** Nothing, or what YAML writes for it; a quoted "null" is a text. */
const isMissing = (node: unknown): boolean =>
  node === null ||
  node === undefined ||
  (isScalar(node) && (node.type ?? 'PLAIN') === 'PLAIN' && /^(|~|null)$/i.test(String(node.value ?? '')));
