// Where pages show whose account is signed in: the account button and its menu. What people write and read is not looked at.

/** Where nothing but an account is shown. */
const sure = [
  '[data-testid*="account" i]',
  '[data-testid*="profile" i]',
  '[data-testid*="user" i]',
  '[aria-label*="account" i]',
  '[aria-label*="profile" i]',
  '[id*="account" i]',
  '[id*="user-menu" i]',
  '[data-email]',
].join(',');
/** Where an account may be shown, and the address of a help desk too. */
const likely = ['header', '[role="banner"]', '[role="menu"]'].join(',');
const content = 'main, article, [role="main"], [role="log"], [contenteditable], textarea, form';
const [mostPlaces, mostInner, longest] = [30, 40, 300];

/** Texts that may hold the address of the account, as few and as short as will do. `sure`: they hold no other address. */
export function accountTexts(page: Document): { sure: string[]; all: string[] } {
  const own = textsOf(page, sure);
  return { sure: own, all: [...own, ...textsOf(page, likely)] };
}

function textsOf(page: Document, places: string): string[] {
  const texts: string[] = [];
  for (const place of [...page.querySelectorAll(places)].slice(0, mostPlaces)) {
    if (place.closest(content) !== null) continue;
    for (const element of [place, ...[...place.querySelectorAll('*')].slice(0, mostInner)]) {
      if (element.closest(content) !== null) continue;
      for (const name of ['aria-label', 'title', 'alt', 'data-email']) texts.push(element.getAttribute(name) ?? '');
      // Of an element its own text: that of its children comes with them.
      for (const node of element.childNodes)
        if (node.nodeType === 3) texts.push((node.nodeValue ?? '').slice(0, longest));
    }
  }
  return texts.filter((text) => text.includes('@'));
}
