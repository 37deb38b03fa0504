import { expect, test } from 'vitest';
import { css, each, html, type Markup, visible } from '../../src/reports/html/markup.js';

const data = '<b title="x">&\'`';

test('a value is escaped in text and in attributes', () => {
  expect(html`<p title="${data}">${data}</p>`.toString()).toBe(
    '<p title="&#60;b title=&#34;x&#34;&#62;&#38;&#39;&#96;">&#60;b title=&#34;x&#34;&#62;&#38;&#39;&#96;</p>',
  );
});

test('markup is kept, numbers are shown, nothing is shown for what is missing', () => {
  expect(html`<p>${html`<b>${1.5}</b>`}${null}${undefined}${[html`<i></i>`]}</p>`.toString()).toBe(
    '<p><b>1.5</b><i></i></p>',
  );
  expect(each(['<', '>'], (text) => html`<i>${text}</i>`, ' & ').toString()).toBe('<i>&#60;</i> &#38; <i>&#62;</i>');
});

test('data that poses as markup is not taken for it', () => {
  const posing = { toString: () => '<script>', text: '<script>' } as unknown as Markup;
  expect(html`<p>${'<script>'}</p>`.toString()).not.toContain('<script>');
  expect(() => html`<p>${posing}</p>`).toThrow();
  expect(html`<p>${['<script>'] as unknown as Markup[]}</p>`.toString()).toBe('<p>&#60;script&#62;</p>');
});

test('a value can stand only between tags or inside of quotes, and never where it would run or load', () => {
  const unsafe = [
    () => html`<p title=${data}></p>`,
    () => html`<p title='${data}'></p>`,
    () => html`<p ${data}></p>`,
    () => html`<${data}>`,
    () => html`<a href="${data}"></a>`,
    () => html`<a href="https://${data}"></a>`,
    () => html`<p style="width:${data}"></p>`,
    () => html`<p onclick="${data}"></p>`,
    () => html`<img src="${data}">`,
    () => html`<p class="a" onclick="x" style="${data}"></p>`,
    () => html`<script>${data}</script>`,
    () => html`<!-- ${data} -->`,
    () => html`<style>${data}</style>`,
    () => html`<style>p{color:${data}}</style>`,
    () => html`<p title="${html`<b></b>`}"></p>`,
    () => css(['</style>'] as unknown as TemplateStringsArray),
  ];
  for (const make of unsafe) expect(make, make.toString()).toThrow();
  expect(html`<a href="#f-${data}" class="${data} b">${data}</a>`.toString()).toContain('href="#f-&#60;b');
});

test('what cannot be seen is written out', () => {
  expect(visible('a\u0000b\u202ec\u200bd\u{e0041}e\ud800f\u00adg\ufffeh')).toBe(
    'a\\u{0}b\\u{202e}c\\u{200b}d\\u{e0041}e\\u{d800}f\\u{ad}g\\u{fffe}h',
  );
  expect(visible('Zoë 東京 שלום 🙂')).toBe('Zoë 東京 שלום 🙂');
});
