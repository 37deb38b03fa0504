import type { BarsBlock, Block, ReportDocument, TableBlock } from '../blocks/block.js';
import { markdownText } from './common/markdown-escape.js';
import { aboutTitle, beforeWords, moreRows, toneMark } from './common/words.js';
import { utf8, type Writer } from './common/writer.js';

/** GitHub-flavoured Markdown for a wiki, a ticket or a chat. */
export const writer: Writer = {
  title: 'Markdown',
  mediaType: 'text/markdown; charset=utf-8; variant=GFM',
  extension: 'md',
  write: async (document) => utf8(markdown(document)),
};

function markdown({ title, subtitle, answer, about, blocks }: ReportDocument): string {
  const parts = [`# ${markdownText(title)}`, `**${markdownText(answer)}**`, markdownText(subtitle)];
  for (const block of blocks) parts.push(...blockParts(block));
  parts.push(`## ${aboutTitle}`);
  parts.push(about.map(({ label, value }) => `- **${markdownText(label)}:** ${markdownText(value)}`).join('\n'));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A block as parts with a blank line between them. */
function blockParts(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
      return [`${'#'.repeat(block.level)} ${markdownText(block.text)}`];
    case 'text':
      return [`${bold(toneMark[block.tone].trim())} ${markdownText(block.text)}`.trim()];
    case 'list':
      return [block.items.map((item) => `- ${markdownText(item)}`).join('\n')];
    case 'figures':
      return [
        rows(
          ['Figure', 'Value', 'Note'],
          [':--', '--:', ':--'],
          block.items.map(({ label, value, note }) => [label, value, note]),
        ),
      ];
    case 'table':
      return tableParts(block);
    case 'bars':
      return barsParts(block);
  }
}

function tableParts({ caption, columns, rows: all, more, empty }: TableBlock): string[] {
  const table =
    all.length === 0
      ? markdownText(empty)
      : rows(
          columns.map((column) => column.title),
          columns.map(({ align }) => (align === 'end' ? '--:' : ':--')),
          all.map((row) => row.map((cell) => cell.text)),
        );
  return [bold(markdownText(caption)), table, moreRows({ more })];
}

function barsParts({ caption, unit, bars }: BarsBlock): string[] {
  const compared = bars.some(({ before }) => before !== undefined);
  const cells = bars.map(({ label, value, text, before }) => [
    label,
    text,
    ...(compared ? [beforeWords(value, before)] : []),
  ]);
  const heads = compared ? ['', unit, 'Period before'] : ['', unit];
  return [bold(markdownText(caption)), rows(heads, [':--', '--:', ':--'].slice(0, heads.length), cells)];
}

const bold = (escaped: string): string => (escaped === '' ? '' : `**${escaped}**`);

function rows(heads: readonly string[], aligned: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (all: readonly string[]): string => `| ${all.map(markdownText).join(' | ')} |`;
  return [line(heads), `| ${aligned.join(' | ')} |`, ...cells.map(line)].join('\n');
}
