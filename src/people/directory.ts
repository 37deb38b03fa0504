import type { Event } from '../core/event.js';
import { canonicalIp } from '../core/host.js';
import { type Problem, shortValue } from '../core/problem.js';
import { known } from '../core/text.js';
import type { Actor } from '../core/usage.js';
import { type LoggedUser, readLoggedUser } from './logged-user.js';
import { deviceKey, Lookups } from './lookups.js';
import { Memo } from './memo.js';
import type { Person } from './person.js';

/** The parts of an event that tell who it was. */
export type Traces = Pick<Event, 'user' | 'device' | 'src_ip' | 'cost_centre'>;

/** What a user name resolved to: a person, or what is left to say about it. */
interface UserAnswer {
  person: Actor | undefined;
  logged: LoggedUser | undefined;
  /** The actor when nothing else names a person. */
  fallback: Actor | undefined;
}

const unknownActor: Actor = { kind: 'unknown', id: '', group: '' };

/**
 * Turns what a record holds into an actor. A person is looked for by user, then device, then address; when none is found the actor is
 * what the record did hold: user (or workload), device, address, cost centre, and `unknown` at last.
 *
 * Asked for each of millions of hits, so answers are remembered by the raw text, up to a fixed number of them; the same text gives the
 * same object.
 */
export class Directory {
  readonly people: ReadonlyMap<string, Person>;
  /** Aliases and addresses that several people claim; they resolve to nobody. */
  readonly problems: readonly Problem[];
  readonly #lookups: Lookups;
  readonly #users = new Memo<UserAnswer>();
  readonly #devices = new Memo<{ person: Actor | undefined; fallback: Actor }>();
  readonly #addresses = new Memo<{ person: Actor | undefined; fallback: Actor }>();
  readonly #centres = new Memo<Actor>();

  /** `file` is the name that problems carry. */
  constructor(people: readonly Person[] = [], file = 'people') {
    this.people = new Map(people.map((person) => [person.id, person]));
    this.#lookups = new Lookups(people);
    this.problems = [...this.#lookups.ambiguous()].map(([key, claimants]) => ({
      severity: 'warning',
      file,
      line: claimants[1]?.line ?? 1,
      field: 'aliases',
      value: shortValue(key),
      message:
        `"${shortValue(key)}" belongs to ${claimants.map((person) => `${person.id} (line ${person.line})`).join(', ')}, ` +
        'so it names nobody; leave it with one of them',
    }));
  }

  /** Every word, lower case, that names a person of the directory: ids, parts of names, accounts, devices. */
  words(): Set<string> {
    const words = new Set<string>();
    for (const { id, email, name, aliases } of this.people.values()) {
      const texts = [
        id,
        email.replace(/@.*$/, ''),
        ...name.split(/[\s,]+/),
        ...aliases.map(({ value }) => value.replace(/^.*\\|@.*$/g, '')),
      ];
      for (const text of texts) if (text.length > 2) words.add(text.toLowerCase());
    }
    return words;
  }

  /** Never fails: a record that names nobody gives the kind `unknown`. */
  resolve(traces: Traces): Actor {
    const user = traces.user === undefined ? undefined : this.#user(traces.user);
    if (user?.person !== undefined) return user.person;
    // A machine account is the machine: its name counts as the device where the record has no other.
    const deviceName = traces.device ?? (user?.logged?.kind === 'machine' ? user.logged.canonical : undefined);
    const device = deviceName === undefined ? undefined : this.#device(deviceName);
    const isProgram = user?.logged?.kind === 'workload';
    // What a program did by itself is not put on the person whose machine it ran on.
    if (!isProgram && device?.person !== undefined) return device.person;
    const address = traces.src_ip === undefined ? undefined : this.#address(traces.src_ip);
    if (!isProgram && address?.person !== undefined) return address.person;
    return user?.fallback ?? device?.fallback ?? address?.fallback ?? this.#centre(traces.cost_centre) ?? unknownActor;
  }

  #user(raw: string): UserAnswer {
    return this.#users.get(raw, (text) => {
      // Proxies that know no user log the address in its place.
      if (canonicalIp(text) !== undefined)
        return { person: undefined, logged: undefined, fallback: undefined, ...this.#address(text) };
      const logged = readLoggedUser(text);
      if (logged === undefined) return { person: undefined, logged, fallback: undefined };
      const person = toActor(this.#lookups.user(logged));
      const kind = logged.kind === 'workload' ? 'workload' : 'user';
      const named = logged.kind === 'person' || logged.kind === 'workload';
      return { person, logged, fallback: named ? { kind, id: logged.canonical, group: '' } : undefined };
    });
  }

  #device(raw: string): { person: Actor | undefined; fallback: Actor } | undefined {
    if (known(raw) === undefined) return undefined;
    if (canonicalIp(raw) !== undefined) return this.#address(raw);
    return this.#devices.get(raw, (text) => {
      const id = deviceKey(text);
      return { person: toActor(this.#lookups.device(id)), fallback: { kind: 'device', id, group: '' } };
    });
  }

  #address(raw: string): { person: Actor | undefined; fallback: Actor } | undefined {
    const address = known(raw);
    if (address === undefined) return undefined;
    return this.#addresses.get(address, (text) => {
      const id = canonicalIp(text) ?? text.toLowerCase();
      return { person: toActor(this.#lookups.address(id)), fallback: { kind: 'address', id, group: '' } };
    });
  }

  #centre(raw: string | undefined): Actor | undefined {
    const centre = known(raw);
    if (centre === undefined) return undefined;
    return this.#centres.get(centre, (id) => ({ kind: 'cost-centre', id, group: '' }));
  }
}

const toActor = (person: Person | undefined): Actor | undefined =>
  person === undefined ? undefined : { kind: 'person', id: person.id, group: person.group };
