import type { Block, ReportDocument } from '../../../src/reports/blocks/block.js';

/** Where a text of a document stands. */
export type Place =
  | 'title'
  | 'subtitle'
  | 'answer'
  | 'about'
  | 'heading'
  | 'text'
  | 'list'
  | 'figures'
  | 'bars'
  | 'caption'
  | 'unit'
  | 'column'
  | 'cell'
  | 'empty'
  | 'value'
  | 'number'
  | 'not shown';

/** The document with each of its free texts replaced by what `change` makes of it: ids and keys are words of our own and stay. */
export function mapTexts(document: ReportDocument, change: (text: string, place: Place) => string): ReportDocument {
  const block = (one: Block): Block => {
    switch (one.kind) {
      case 'heading':
        return { ...one, text: change(one.text, 'heading') };
      case 'text':
        return { ...one, text: change(one.text, 'text') };
      case 'list':
        return { ...one, items: one.items.map((item) => change(item, 'list')) };
      case 'figures':
        return {
          ...one,
          items: one.items.map((item) => ({
            ...item,
            label: change(item.label, 'figures'),
            value: change(item.value, 'figures'),
            note: change(item.note, 'figures'),
          })),
        };
      case 'bars':
        return {
          ...one,
          caption: change(one.caption, 'caption'),
          unit: change(one.unit, 'unit'),
          bars: one.bars.map((bar) => ({ ...bar, label: change(bar.label, 'bars'), text: change(bar.text, 'bars') })),
        };
      case 'table':
        return {
          ...one,
          caption: change(one.caption, 'caption'),
          empty: change(one.empty, one.rows.length === 0 ? 'empty' : 'not shown'),
          columns: one.columns.map((column) => ({
            ...column,
            title: change(column.title, one.rows.length === 0 ? 'not shown' : 'column'),
          })),
          rows: one.rows.map((row) =>
            row.map((cell) => ({
              ...cell,
              text: change(cell.text, typeof cell.value === 'number' ? 'number' : 'cell'),
              value: typeof cell.value === 'string' ? change(cell.value, 'value') : cell.value,
            })),
          ),
        };
    }
  };
  return {
    ...document,
    title: change(document.title, 'title'),
    subtitle: change(document.subtitle, 'subtitle'),
    answer: change(document.answer, 'answer'),
    about: document.about.map(({ label, value }) => ({ label: change(label, 'about'), value: change(value, 'about') })),
    blocks: document.blocks.map(block),
  };
}

/** Every free text of the document, in its order; of cells the text, or with `values` the text behind it, where there is one. */
export function textsOf(document: ReportDocument, values = false): { text: string; place: Place }[] {
  const all: { text: string; place: Place }[] = [];
  mapTexts(document, (text, place) => {
    if (place === 'value' && values) all.pop();
    if (place !== 'not shown' && place !== (values ? 'number' : 'value')) all.push({ text, place });
    return text;
  });
  return all;
}
