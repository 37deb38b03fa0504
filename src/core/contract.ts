/** A line of a vendor list: what the organisation has a contract for. */
export interface Contract {
  vendor: string;
  /** Name and number of the contract; empty where the list has none. */
  name: string;
  number: string;
  /** `YYYY-MM-DD`, the last day included; undefined where the list has none. */
  start: string | undefined;
  end: string | undefined;
  owner: string;
  /** As the list has it. */
  status: string;
  /** Row of the list. */
  line: number;
}

/** A contract with the services that it may be for. */
export interface MatchedContract extends Contract {
  services: readonly {
    id: string;
    /** Why it is this service: it names it, or only its vendor. */
    by: 'product' | 'vendor';
  }[];
}
