/** A person of the history: until the next row of the same person. */
export interface PersonHistoryTable {
  /** As in the roll-up. */
  person: string;
  /** Milliseconds since 1970; 0: as long as anything is known. */
  since: number;
  name: string;
  actor_group: string;
  /** False: at work in no directory any more. */
  active: boolean;
}
