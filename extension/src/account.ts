// Whose account a page shows, told by the domain of the e-mail address in it. Only the kind leaves this file.

export type AccountKind = 'enterprise' | 'personal' | 'unknown';

/** Providers of private mailboxes, by whole domain, and by first label where they have one in every country. */
const mailboxes = new Set(
  'gmail.com googlemail.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me tutanota.com tuta.io tuta.com fastmail.com hey.com zoho.com mail.com web.de t-online.de freenet.de posteo.de mailbox.org mail.ru bk.ru inbox.ru list.ru qq.com foxmail.com 163.com 126.com sina.com naver.com daum.net hanmail.net rediffmail.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it wp.pl onet.pl o2.pl interia.pl seznam.cz bluewin.ch comcast.net verizon.net att.net sbcglobal.net cox.net btinternet.com sky.com talktalk.net shaw.ca rogers.com bigpond.com uol.com.br bol.com.br terra.com.br'.split(
    ' ',
  ),
);
const everywhere = new Set(['hotmail', 'outlook', 'live', 'msn', 'yahoo', 'ymail', 'rocketmail', 'gmx', 'yandex']);

/** Kind of an account by the domain of its address. `company`: the organisation's domains; what lies below one is its, too. */
export function kindOfDomain(domain: string, company: readonly string[]): AccountKind {
  const name = domain.toLowerCase().replace(/\.$/, '');
  if (company.some((own) => own !== '' && (name === own || name.endsWith(`.${own}`)))) return 'enterprise';
  if (mailboxes.has(name)) return 'personal';
  const labels = name.split('.');
  return labels.length <= 3 && everywhere.has(labels[0] ?? '') ? 'personal' : 'unknown';
}

/** More characters of one text are not looked at. */
const longest = 300;

/**
 * The kind that texts of a page show; undefined where they hold no address. Addresses of several kinds tell nothing: one of them is
 * somebody else's.
 */
export function accountKindOf(texts: readonly string[], company: readonly string[]): AccountKind | undefined {
  const kinds = new Set<AccountKind>();
  for (const text of texts)
    for (const [, domain = ''] of text
      .slice(0, longest)
      .matchAll(/[a-z0-9._%+-]{1,64}@([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5})/gi))
      kinds.add(kindOfDomain(domain, company));
  const [kind] = kinds;
  return kinds.size > 1 ? 'unknown' : kind;
}
