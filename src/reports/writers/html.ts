import type { Block, ReportDocument } from '../blocks/block.js';
import { each, html, type Markup, nothing } from '../html/markup.js';
import { printStyles } from '../html/print.js';
import { styles } from '../html/styles.js';
import { tableStyles } from '../html/table-styles.js';
import { blockMarkup, said } from './common/html-blocks.js';
import { blockStyles } from './common/html-styles.js';
import { aboutTitle } from './common/words.js';
import { utf8, type Writer } from './common/writer.js';

/** One page that needs nothing else, as the report of a scan is: no script, nothing from elsewhere, and a policy that lets nothing in. */
export const writer: Writer = {
  title: 'Web page (HTML)',
  mediaType: 'text/html; charset=utf-8',
  extension: 'html',
  write: async (document) => utf8(page(document).toString()),
};

function page({ title, subtitle, answer, about, blocks }: ReportDocument): Markup {
  const [opening, ...sections] = sectionsOf(blocks);
  const chapters = blocks.filter((block) => block.kind === 'heading').filter(({ level }) => level === 2);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${title} \u2013 Halflight</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%233f51c4'/%3E%3Cpath d='M8 1a7 7 0 0 1 0 14z' fill='%23f4c95d'/%3E%3C/svg%3E">
<style>${styles}</style>
<style>${tableStyles}</style>
<style>${blockStyles}</style>
<style>${printStyles}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="top"><div class="wrap"><span class="brand"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><circle cx="8" cy="8" r="7" class="dark-half"/><path d="M8 1a7 7 0 0 1 0 14z" class="light-half"/></svg>Halflight</span><nav aria-label="Sections"><ul>${each(chapters, ({ id, text }) => html`<li><a href="#${id}">${said(text)}</a></li>`)}<li><a href="#about">About</a></li></ul></nav></div></header>
<main id="main" class="wrap">
<section>
<h1>${said(title)}</h1>
<p class="answer">${said(answer)}</p>
<p class="meta">${said(subtitle)}</p>
${each(opening ?? [], blockMarkup)}
</section>
${each(sections, (section) => html`<section>\n${each(section, blockMarkup)}</section>\n`)}
</main>
<footer id="about" aria-labelledby="about-title"><div class="wrap"><h2 id="about-title">${aboutTitle}</h2>${about.length === 0 ? nothing : html`<dl class="facts">${each(about, ({ label, value }) => html`<div><dt>${said(label)}</dt><dd>${said(value)}</dd></div>`)}</dl>`}</div></footer>
</body>
</html>
`;
}

/** The blocks before the first chapter, then those of each chapter with its heading. */
function sectionsOf(blocks: readonly Block[]): Block[][] {
  const sections: Block[][] = [[]];
  for (const block of blocks) {
    if (block.kind === 'heading' && block.level === 2) sections.push([]);
    sections.at(-1)?.push(block);
  }
  return sections;
}
