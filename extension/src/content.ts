import { type AccountKind, accountKindOf } from './account.js';
import { accountTexts } from './account-texts.js';
import { showNotice } from './banner.js';
import type { Notice } from './notices.js';

// Runs on pages of AI services only. It counts what is pasted and given as files, and looks once in a while whether the page shows an
// account. Sizes and kinds go to the worker; no text, no name and no address does.

const tell = (message: object): Promise<unknown> => chrome.runtime.sendMessage(message).catch(() => undefined);

const sizeOf = (files: Iterable<File>): { count: number; bytes: number } => {
  let [count, bytes] = [0, 0];
  for (const file of files) [count, bytes] = [count + 1, bytes + file.size];
  return { count, bytes };
};

function uploaded(files: FileList | null | undefined): void {
  if (files !== null && files !== undefined && files.length > 0) void tell({ type: 'upload', ...sizeOf(files) });
}

/** UTF-8 bytes of a text, which is measured and let go. */
const bytesOf = (text: string): number => new Blob([text]).size;

// In the capture phase, before the page can stop them; what scripts of the page make up themselves is not trusted.
document.addEventListener(
  'paste',
  (event) => {
    if (!event.isTrusted) return;
    const files = event.clipboardData?.files;
    if (files !== undefined && files.length > 0) return uploaded(files);
    const bytes = bytesOf(event.clipboardData?.getData('text/plain') ?? '');
    if (bytes > 0) void tell({ type: 'paste', count: 1, bytes });
  },
  { capture: true, passive: true },
);
document.addEventListener(
  'drop',
  (event) => {
    if (event.isTrusted) uploaded(event.dataTransfer?.files);
  },
  { capture: true, passive: true },
);
// `input` and not `change`: only that leaves a shadow tree.
document.addEventListener(
  'input',
  (event) => {
    const [target] = event.composedPath();
    if (event.isTrusted && target instanceof HTMLInputElement && target.type === 'file') uploaded(target.files);
  },
  { capture: true, passive: true },
);

let domains: readonly string[] = [];
let told: AccountKind | undefined;

function lookForAccount(): void {
  const { all, sure } = accountTexts(document);
  let kind = accountKindOf(all, domains);
  // An address of nobody's mailbox in a header may be that of a help desk.
  if (kind === 'unknown') kind = accountKindOf(sure, domains);
  if (kind === undefined || kind === told) return;
  told = kind;
  void tell({ type: 'account', kind });
}

async function begin(): Promise<void> {
  const answer = (await tell({ type: 'hello' })) as { domains: readonly string[]; notice?: Notice } | undefined;
  if (answer === undefined) return;
  domains = answer.domains;
  if (answer.notice !== undefined) showNotice(document, answer.notice);
  if (window.top !== window) return;
  // A few looks and no observer: a page that changes all the time costs nothing.
  for (const seconds of [1, 5, 30]) setTimeout(lookForAccount, seconds * 1000);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') lookForAccount();
  });
}

if (document.readyState === 'loading')
  document.addEventListener('DOMContentLoaded', () => void begin(), { once: true });
else void begin();
