/** Who appears in records. */
export interface Actor {
  kind: 'person' | 'user' | 'workload' | 'address' | 'cost-centre' | 'unknown';
  /** Person id, account name, address, cost centre. */
  id: string;
  /** Empty where there is none. */
  group: string;
  /** Account name without domain; empty for what is no account. */
  login: string;
  email: string;
  first: string;
  last: string;
  device: string;
  address: string;
  costCentre: string;
}

/** One thing that happened, before a log format writes it down. */
export interface Rec {
  at: number;
  who: Actor;
  blocked: boolean;
  host: string;
  /** With query, beginning with `/`; empty where only the host shows. */
  path: string;
  /** 443 unless it says otherwise. */
  port: number;
  method: string;
  agent: string;
  sent: number;
  received: number;
  /** Sign-ins and grants. */
  app: string;
  appId: string;
  scopes: readonly string[];
  extension: string;
  /** How somebody signed in; empty where the log tells nothing special. */
  via: '' | 'token' | 'service-principal';
  /** Browser telemetry: what it tells, and whether the sender is enrolled. */
  tells: '' | 'visit' | 'sign-in' | 'extensions';
  enrolled: boolean;
  /** Whose account a page shows, or an answer of a survey names. */
  account: '' | 'personal' | 'enterprise';
  /** Expenses; minor units, refunds below zero. */
  merchant: string;
  amount: number;
  currency: string;
  /** Random digits for ids and ports. */
  nonce: string;
}

/** What a planted thing looks like in its records; the rest is drawn at random. */
export type Look = Partial<Omit<Rec, 'at' | 'who' | 'blocked' | 'nonce'>>;

export type Verdict =
  | 'denied'
  | 'retired'
  | 'wrong-account'
  | 'out-of-scope'
  | 'lapsed'
  | 'unregistered'
  | 'in-review'
  | 'excepted'
  | 'conditional'
  | 'sanctioned'
  | 'attempted';

/** When and by whom, for anything that is planted. */
export interface Planted {
  /** Unique; also the seed of what is random about it. */
  id: string;
  /** Key of the log file that shows it. */
  file: string;
  who: readonly Actor[];
  /** Offsets from the first day; each actor has `perDay` records on each of them. */
  days: readonly number[];
  perDay: number;
  /** Instead of `days`: instants in RFC 3339, one record of each actor on each. */
  times?: readonly string[];
  look: Look;
}

/** Use of an AI service, and what Halflight has to say about it. */
export interface Fact extends Planted {
  service: string;
  account: 'enterprise' | 'personal' | 'unknown';
  verdict: Verdict;
  /** Entry of the inventory that decides; null where none names the service. */
  entry: string | null;
  /** Only DNS shows it. */
  contact?: boolean;
  /** From this day on (offset from the first one) every record is blocked. */
  blockedFrom?: number;
  /** Only said by who sent it: it decides nothing and is about nobody. `until-received`: as long as no receiver of telemetry vouches for it. */
  claimed?: 'always' | 'until-received';
  /** The entry whose approved tool these people pass by. */
  insteadOf?: string;
  /** Why an admin wants to see it. */
  why: string;
}

/** Something that looks like AI and is in no catalog. */
export interface Candidate extends Planted {
  kind: 'host' | 'app' | 'merchant';
  subject: string;
  why: string;
}

/** How one log file is written. */
export interface Writer {
  /** Format id. */
  format: string;
  /** Times carry milliseconds. */
  ms: boolean;
  /** Lines before and after the records; each is a record that is skipped. */
  header: readonly string[];
  footer: readonly string[];
  /** `lines` one record a line; `array` and `wrapped` records separated by commas. */
  layout: 'lines' | { open: string; close: string };
  line(rec: Rec): string;
}
