import { decodeUri, known } from '../core/text.js';

/** What a logged user name says. All parts are lower case. */
export interface LoggedUser {
  /**
   * `person`: a user; `machine`: the account of a computer; `workload`: a program's own account; `local`: an account that every
   * machine has (SYSTEM) and that names nobody.
   */
  kind: 'person' | 'machine' | 'workload' | 'local';
  /** One form for all spellings: `domain\user`, `user@domain`, or the bare name. The machine's name for `machine`. */
  canonical: string;
  /** User name without domain; empty for display names. */
  account: string;
  /** Domain before `\` or after `@`; empty where the record has none. */
  domain: string;
  /** Display name as `first last`, where the record holds one. */
  display: string;
}

const guid = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/;
/** Accounts that every machine has, as logged without a domain. */
export const localAccounts: ReadonlySet<string> = new Set([
  'system',
  'local service',
  'network service',
  'localservice',
  'networkservice',
]);
/** What stands in place of a user that is not known. */
export const nobody: ReadonlySet<string> = new Set([
  'anonymous',
  'anonymous logon',
  'n/a',
  'none',
  'null',
  'unknown',
  'unauthenticated',
  '(null)',
]);

/**
 * Reads a user as proxies, directories and providers log it: `DOMAIN\user`, `DOMAIN/user`, `user@domain`, `user@REALM`, percent-encoded
 * (`domain%5cuser`), `Last, First (mail@domain)`, `First Last <mail@domain>`, `CN=Name,OU=...`, `WinNT://DOMAIN/user`,
 * `i:0#.f|membership|user@domain`, guests (`user_domain#EXT#@tenant`). Undefined where it names nobody at all.
 */
export function readLoggedUser(raw: string): LoggedUser | undefined {
  let text = known(decodeUri(raw.slice(0, 1024)).replace(/\\\\/g, '\\'))
    ?.replace(/^"(.*)"$/, '$1')
    .trim();
  if (text === undefined || text === '') return undefined;
  text = text.toLowerCase();
  if (nobody.has(text)) return undefined;
  if (/^(arn:aws|serviceprincipal:|spn:|app:)/.test(text)) return plain(text, 'workload');

  const mail = /[<(]\s*([^\s<>()@]+@[^\s<>()@]+)\s*[>)]/.exec(text);
  if (mail?.[1] !== undefined)
    return { ...fromAddress(mail[1]), display: displayName(text.slice(0, mail.index).replaceAll('"', '')) };

  text = text.replace(/^[a-z]{2,10}:\/\//, '');
  if (/^i:0[^|]*\|/.test(text)) text = text.slice(text.lastIndexOf('|') + 1);
  const distinguished = /^(?:cn|uid)\s*=\s*((?:\\.|[^,\\])+)/.exec(text);
  if (distinguished?.[1] !== undefined) text = distinguished[1].replace(/\\(.)/g, '$1').trim();

  const host = /^host\/([^@]+)/.exec(text);
  if (host?.[1] !== undefined) return plain(host[1], 'machine');
  const slash = /^([^\\/@]+)[\\/]([^\\/]+)$/.exec(text);
  if (slash?.[1] !== undefined && slash[2] !== undefined) return fromDomain(slash[1], slash[2]);
  if (text.includes('@')) return fromAddress(text);
  if (text.includes(',') || /\S\s+\S/.test(text)) {
    const display = displayName(text);
    return { kind: kindOf(text), canonical: display, account: '', domain: '', display };
  }
  return fromDomain('', text);
}

const plain = (canonical: string, kind: LoggedUser['kind']): LoggedUser => ({
  kind,
  canonical,
  account: kind === 'person' ? canonical : '',
  domain: '',
  display: '',
});

function fromDomain(domain: string, account: string): LoggedUser {
  // A Kerberos name behind a domain: the account is what stands in front of the realm.
  const name = account.replace(/@[^@]*$/, '') || account;
  if (/^nt ?(authority|service)$/.test(domain) || (domain === '' && localAccounts.has(name)))
    return plain(name, 'local');
  if (name.length > 1 && name.endsWith('$')) return plain(name.slice(0, -1), 'machine');
  return {
    kind: kindOf(name),
    canonical: domain === '' ? name : `${domain}\\${name}`,
    account: name,
    domain,
    display: '',
  };
}

function fromAddress(text: string): LoggedUser {
  const guest = /^(.+)_([^_@]+)#ext#@/.exec(text);
  const address = guest === null ? text : `${guest[1] ?? ''}@${guest[2] ?? ''}`;
  const at = address.lastIndexOf('@');
  const [account, domain] = [address.slice(0, at), address.slice(at + 1).replace(/\.$/, '')];
  // A realm without a dot is a Windows domain: `user@ACME` and `ACME\user` are the same account.
  if (!domain.includes('.') || account.endsWith('$')) return fromDomain(domain, account);
  const kind = domain.endsWith('gserviceaccount.com') ? 'workload' : kindOf(account);
  return { kind, canonical: `${account}@${domain}`, account, domain, display: '' };
}

/** Accounts of programs by the conventions that name them; a person or an alias in the directory goes before this. */
function kindOf(account: string): LoggedUser['kind'] {
  return guid.test(account) || /^svc[-_.]/.test(account) || account.endsWith('[bot]') ? 'workload' : 'person';
}

/** `Last, First` and `First  Last` as `first last`. */
export function displayName(text: string): string {
  const name = text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
  const comma = /^([^,]+),\s*([^,]+)$/.exec(name);
  return comma === null ? name : `${comma[2] ?? ''} ${comma[1] ?? ''}`.trim();
}
