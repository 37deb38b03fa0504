import type { Event } from '../core/event.js';
import { canonicalIp } from '../core/host.js';
import { type Problem, shortValue } from '../core/problem.js';
import { known } from '../core/text.js';
import type { Actor } from '../core/usage.js';
import { covers, type LeaseLookup } from './leases/lookup.js';
import { type LoggedUser, readLoggedUser } from './logged-user.js';
import { deviceKey, Lookups } from './lookups.js';
import { Memo } from './memo.js';
import type { Person } from './person.js';

/** The parts of an event that tell who it was. */
export type Traces = Pick<Event, 'user' | 'device' | 'src_ip' | 'cost_centre' | 'time' | 'rollup'> & {
  /** Of several events together: the time of the last. */
  until?: number | undefined;
};

/** A time of which is asked: an instant, or from the first to the last of several events. Milliseconds since 1970. */
interface Span {
  from: number;
  until: number;
}

/** What is known of an address, a device or a user: the person, and the actor where nothing else names one. */
interface Answer {
  person: Actor | undefined;
  fallback: Actor | undefined;
}

/** What a user name resolved to: a person, or what is left to say about it. */
interface UserAnswer extends Answer {
  logged: LoggedUser | undefined;
  /** The text is an address: proxies that know no user log it in the user's place. */
  isAddress: boolean;
}

/** What is known of an address whatever the time; `number` is that of the leases, -1 where there are none. */
interface AddressAnswer extends Answer {
  number: number;
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
  readonly #devices = new Memo<Answer>();
  #addresses = new Memo<AddressAnswer>();
  readonly #centres = new Memo<Actor>();
  #leases: LeaseLookup | undefined;
  /** What holders of leases are, as far as they were asked for. */
  #holders: (Answer | undefined)[] = [];

  /** `file` is the name that problems carry. */
  constructor(people: readonly Person[] = [], file = 'people', leases?: LeaseLookup) {
    this.people = new Map(people.map((person) => [person.id, person]));
    this.#lookups = new Lookups(people);
    this.#leases = leases;
    this.problems = [...this.#lookups.ambiguous()].map(([key, claimants]) => ({
      severity: 'warning',
      file,
      line: claimants[1]?.line ?? 1,
      field: 'aliases',
      value: shortValue(key),
      message:
        `"${shortValue(key)}" belongs to ${claimants.map(withLine).join(', ')}, ` +
        'so it names nobody; leave it with one of them',
    }));
  }

  /** Other leases from now on. */
  use(leases: LeaseLookup | undefined): void {
    [this.#leases, this.#addresses, this.#holders] = [leases, new Memo(), []];
  }

  /** Every word, lower case, that names a person of the directory: ids, parts of names, accounts, devices. */
  words(): Set<string> {
    return wordsOf(this.people.values());
  }

  /** Never fails: a record that names nobody gives the kind `unknown`. */
  resolve(traces: Traces): Actor {
    const span = spanOf(traces);
    const user = traces.user === undefined ? undefined : this.#user(traces.user, span);
    if (user?.person !== undefined) return user.person;
    // A machine account is the machine: its name counts as the device where the record has no other.
    const deviceName = traces.device ?? (user?.logged?.kind === 'machine' ? user.logged.canonical : undefined);
    const device = deviceName === undefined ? undefined : this.#device(deviceName, span);
    const isProgram = user?.logged?.kind === 'workload';
    // What a program did by itself is not put on the person whose machine it ran on.
    if (!isProgram && device?.person !== undefined) return device.person;
    const address = traces.src_ip === undefined ? undefined : this.#address(traces.src_ip, span);
    if (!isProgram && address?.person !== undefined) return address.person;
    return user?.fallback ?? device?.fallback ?? address?.fallback ?? this.#centre(traces.cost_centre) ?? unknownActor;
  }

  #user(raw: string, span: Span | undefined): Answer & { logged: LoggedUser | undefined } {
    const answer = this.#users.get(raw, (text) => {
      const nothing = { person: undefined, logged: undefined, fallback: undefined, isAddress: false };
      if (canonicalIp(text) !== undefined) return { ...nothing, isAddress: true };
      const logged = readLoggedUser(text);
      if (logged === undefined) return nothing;
      const person = toActor(this.#lookups.user(logged));
      const kind = logged.kind === 'workload' ? 'workload' : 'user';
      const named = logged.kind === 'person' || logged.kind === 'workload';
      return {
        person,
        logged,
        fallback: named ? { kind, id: logged.canonical, group: '' } : undefined,
        isAddress: false,
      };
    });
    if (!answer.isAddress) return answer;
    return { person: undefined, fallback: undefined, ...this.#address(raw, span), logged: undefined };
  }

  #device(raw: string, span: Span | undefined): Answer | undefined {
    if (known(raw) === undefined) return undefined;
    if (canonicalIp(raw) !== undefined) return this.#address(raw, span);
    return this.#devices.get(raw, (text) => {
      const id = deviceKey(text);
      return { person: toActor(this.#lookups.device(id)), fallback: { kind: 'device', id, group: '' } };
    });
  }

  /** A lease at that time goes before an alias of the address, which says of no time. */
  #address(raw: string, span: Span | undefined): Answer | undefined {
    const address = known(raw);
    if (address === undefined) return undefined;
    const answer = this.#addresses.get(address, (text) => {
      const id = canonicalIp(text) ?? text.toLowerCase();
      return {
        person: toActor(this.#lookups.address(id)),
        fallback: { kind: 'address', id, group: '' },
        number: this.#leases?.find(id) ?? -1,
      };
    });
    if (answer.number < 0 || span === undefined) return answer;
    return this.#leased(answer, span);
  }

  /** Who had the address all the time. Several, or not all the time: the address stands for itself, and no alias guesses. */
  #leased(answer: AddressAnswer, { from, until }: Span): Answer {
    const leases = this.#leases?.during(answer.number, from, until);
    const nobody = { person: undefined, fallback: answer.fallback };
    if (leases === undefined) return nobody;
    const [first, ...others] = leases;
    if (first === undefined) return answer;
    const holder = this.#holder(first.holder);
    for (const other of others) if (!isSame(holder, this.#holder(other.holder))) return nobody;
    return covers(leases, from, until) && (holder.person ?? holder.fallback) !== undefined ? holder : nobody;
  }

  #holder(index: number): Answer {
    const asked = this.#holders[index];
    if (asked !== undefined) return asked;
    const { user, device, mac } = this.#leases?.holder(index) ?? { user: '', device: '', mac: '' };
    const answers = [
      user === '' ? undefined : this.#user(user, undefined),
      device === '' ? undefined : this.#device(device, undefined),
      mac === '' ? undefined : this.#device(mac, undefined),
    ];
    const answer = {
      person: answers.find((found) => found?.person !== undefined)?.person,
      fallback: answers.find((found) => found?.fallback !== undefined)?.fallback,
    };
    this.#holders[index] = answer;
    return answer;
  }

  #centre(raw: string | undefined): Actor | undefined {
    const centre = known(raw);
    if (centre === undefined) return undefined;
    return this.#centres.get(centre, (id) => ({ kind: 'cost-centre', id, group: '' }));
  }
}

/** The same of people without a directory, whose look-ups cost more than the words. */
export function wordsOf(people: Iterable<Person>): Set<string> {
  const words = new Set<string>();
  for (const { id, email, name, aliases } of people) {
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

const toActor = (person: Person | undefined): Actor | undefined =>
  person === undefined ? undefined : { kind: 'person', id: person.id, group: person.group };

const spanOf = ({ time, rollup, until }: Traces): Span | undefined =>
  time === undefined ? undefined : { from: time, until: Math.max(time, rollup?.last ?? until ?? time) };

const isSame = (a: Answer, b: Answer): boolean => {
  const [one, two] = [a.person ?? a.fallback, b.person ?? b.fallback];
  return one?.kind === two?.kind && one?.id === two?.id;
};

const withLine = ({ id, line }: Person): string => (line === 0 ? id : `${id} (line ${line})`);
