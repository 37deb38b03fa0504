import type { Notice } from './notices.js';

// A small box in the corner of the page: it takes no focus, covers nothing for long, and lies in a closed shadow tree, so that neither
// the page nor its styles reach it. Built of nodes; no text becomes markup.

const css = `
:host { all: initial; }
aside { position: fixed; right: 16px; bottom: 16px; z-index: 2147483647; max-width: 320px; padding: 12px 16px; box-sizing: border-box;
  font: 14px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; border: 1px solid #767676; border-left: 4px solid #b3530a;
  border-radius: 4px; box-shadow: 0 2px 12px rgb(0 0 0 / .25); }
p { margin: 0 0 8px; } strong { display: block; margin-bottom: 4px; }
a { color: #0b4f9e; margin-right: 16px; } button { font: inherit; color: inherit; background: #f2f2f2; border: 1px solid #767676;
  border-radius: 3px; padding: 2px 10px; cursor: pointer; }
a:focus-visible, button:focus-visible { outline: 2px solid #0b4f9e; outline-offset: 2px; }
@media (prefers-color-scheme: dark) { aside { color: #f2f2f2; background: #222; } a { color: #9cc7ff; } button { background: #333; } }`;

export function showNotice(page: Document, { title, text, ask }: Notice): void {
  const host = page.createElement('div');
  const root = host.attachShadow({ mode: 'closed' });
  const style = page.createElement('style');
  style.textContent = css;
  const box = page.createElement('aside');
  box.setAttribute('role', 'status');
  box.setAttribute('aria-label', 'Notice of your organisation');
  const heading = page.createElement('strong');
  heading.textContent = title;
  const line = page.createElement('p');
  line.textContent = text;
  box.append(heading, line);
  if (ask !== undefined) {
    const link = page.createElement('a');
    link.href = ask;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    link.textContent = 'Ask for this tool';
    box.append(link);
  }
  const close = page.createElement('button');
  close.type = 'button';
  close.textContent = 'Close';
  close.addEventListener('click', () => host.remove());
  box.append(close);
  root.append(style, box);
  page.documentElement.append(host);
}
