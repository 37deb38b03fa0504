import type { Notice } from '../../core/notice.js';
import { plainLine } from './plain.js';

/** A notice to one person: its words, and nothing of what notices to the security team hold. Each a line of plain text. */
export function personalWords({ title, text, details: { paragraphs } }: Notice): {
  headline: string;
  paragraphs: string[];
} {
  const lines = Array.isArray(paragraphs) ? paragraphs : [text];
  return { headline: plainLine(title, 250), paragraphs: lines.map((line) => plainLine(String(line), 1000)) };
}
