import type { ReportFinding } from '../schema.js';
import { html, type Markup } from './markup.js';
import { points } from './text.js';
import { type ReportVerdict, verdictWords } from './words.js';

/** The verdict as a chip: its word, and a colour of its own. */
export const chip = (verdict: ReportVerdict): Markup =>
  html`<span class="chip v-${verdict}">${verdictWords[verdict].label}</span>`;

/** The score with its level in words and a bar. */
export const riskBadge = ({ score, level }: ReportFinding['risk']): Markup =>
  html`<span class="risk r-${level}"><b>${points(score)}</b> ${level}${bar(score, 100)}</span>`;

/** A bar of `value` of `most`; the number stands beside it, so it is hidden from readers who do not see it. */
export const bar = (value: number, most: number): Markup =>
  html`<svg class="bar" aria-hidden="true"><rect width="${percent(value, most)}%" height="9"/></svg>`;

export const percent = (value: number, most: number): number =>
  most <= 0 ? 0 : Math.round(Math.max(0, Math.min(1, value / most)) * 1000) / 10;
