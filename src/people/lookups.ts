import { displayName, type LoggedUser, readLoggedUser } from './logged-user.js';
import type { Person } from './person.js';

/** Key -> person. A key that several people have names nobody. */
class Index {
  readonly #people = new Map<string, Person>();
  readonly #shared = new Map<string, Person[]>();
  add(key: string, person: Person): void {
    if (key === '') return;
    const first = this.#people.get(key);
    if (first === undefined) this.#people.set(key, person);
    else if (first !== person) {
      const all = this.#shared.get(key) ?? [first];
      if (!all.includes(person)) all.push(person);
      this.#shared.set(key, all);
    }
  }
  has(key: string): boolean {
    return this.#people.has(key);
  }
  get(key: string): Person | undefined {
    return this.#shared.has(key) ? undefined : this.#people.get(key);
  }
  shared(): ReadonlyMap<string, readonly Person[]> {
    return this.#shared;
  }
}

/** Domains that exist only inside an organisation, so that the user name in front is one of its own. */
const insideDomain = /\.(local|lan|internal|corp|intra|intranet|ad)$/;

/** Mail for everyone: a name in front says nothing about who it is, even when somebody in the directory has such an address. */
export const publicMail =
  /^(gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|aol|icloud|me|mac|proton|protonmail|pm|gmx|web|mail|yandex|zoho|fastmail|qq|163|126)\.[a-z.]{2,6}$/;

/** A device name as it is compared and shown: lower case, without `$`, final dot or domain in front. */
export const deviceKey = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^.*\\/, '')
    .replace(/[$.]+$/, '');

/** The ways to find a person, strongest first: what somebody wrote down goes before what is derived. */
export class Lookups {
  /** Ids, e-mail addresses and aliases as written. */
  readonly #explicit = new Index();
  /** User names of `DOMAIN\user` aliases, for records without a domain. */
  readonly #accounts = new Index();
  /** Local parts of e-mail addresses. */
  readonly #locals = new Index();
  readonly #names = new Index();
  readonly #devices = new Index();
  readonly #addresses = new Index();
  readonly #emailDomains = new Set<string>();

  constructor(people: readonly Person[]) {
    for (const person of people) {
      this.#explicit.add(person.id.toLowerCase(), person);
      this.#names.add(displayName(person.name), person);
      if (person.email !== '') {
        const at = person.email.lastIndexOf('@');
        this.#explicit.add(person.email, person);
        this.#locals.add(person.email.slice(0, at), person);
        const domain = person.email.slice(at + 1);
        if (!publicMail.test(domain)) this.#emailDomains.add(domain);
      }
      for (const { kind, value } of person.aliases) {
        if (kind === 'address') this.#addresses.add(value, person);
        if (kind === 'device' || kind === 'name') this.#devices.add(deviceKey(value), person);
        const logged = kind === 'user' || kind === 'name' ? readLoggedUser(value) : undefined;
        if (logged !== undefined) {
          this.#explicit.add(logged.canonical, person);
          if (logged.domain !== '') this.#accounts.add(logged.account, person);
        }
      }
    }
  }

  user(logged: LoggedUser): Person | undefined {
    const { canonical, account, domain, display } = logged;
    if (logged.kind === 'local') return undefined;
    // A key that several people have decides too: it names nobody, and nothing weaker may guess.
    if (this.#explicit.has(canonical)) return this.#explicit.get(canonical);
    if (logged.kind === 'machine') return undefined;
    const own = this.#own(domain);
    if (account !== '' && own !== 'stranger') {
      const written = domain === '' ? this.#accounts : this.#explicit;
      if (written.has(account)) return written.get(account);
      if (own === 'inside' && this.#locals.has(account)) return this.#locals.get(account);
    }
    return own === 'stranger' ? undefined : this.#names.get(display);
  }

  device(key: string): Person | undefined {
    if (this.#devices.has(key)) return this.#devices.get(key);
    const dot = key.indexOf('.');
    return dot < 0 ? undefined : this.#devices.get(key.slice(0, dot));
  }

  address(key: string): Person | undefined {
    return this.#addresses.get(key);
  }

  /** Keys that several people claim in writing. */
  ambiguous(): ReadonlyMap<string, readonly Person[]> {
    return new Map([...this.#explicit.shared(), ...this.#devices.shared(), ...this.#addresses.shared()]);
  }

  /**
   * Whose names live in a domain. `inside`: a Windows domain, one that only exists inside, or one below an e-mail domain of the
   * directory: user names and local parts of e-mail addresses count. `mail`: an e-mail domain of the directory: only names that were
   * written down count. `stranger`: none do; `jo@gmail.com` is not `jo@acme.example`.
   */
  #own(domain: string): 'inside' | 'mail' | 'stranger' {
    if (!domain.includes('.') || insideDomain.test(domain)) return 'inside';
    if (this.#emailDomains.has(domain)) return 'mail';
    for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1))
      if (this.#emailDomains.has(domain.slice(dot + 1))) return 'inside';
    return 'stranger';
  }
}
