/** What else a person is known by. `name` stands for a user or a device: a plain word in the column does not tell. */
export interface Alias {
  kind: 'user' | 'device' | 'address' | 'name';
  /** As written. */
  value: string;
}

/** One row of the people directory. */
export interface Person {
  id: string;
  /** Lower case; empty where there is none. */
  email: string;
  name: string;
  /** Department or team; empty where there is none. */
  group: string;
  /** Id or e-mail address of the manager, as written. */
  manager: string;
  aliases: readonly Alias[];
  /** Line of the file, for messages; 0 where no file has the person. */
  line: number;
  /** Cost centre that directories name; absent where there is none. */
  costCentre?: string | undefined;
  /** Every account is disabled or gone: the person is known for the history, and no member of a group any more. */
  disabled?: true | undefined;
  /** The accounts that this person was merged from; absent: the row of the file alone. */
  from?: readonly AccountRef[] | undefined;
  /** Ids of people of before that turned out to be this one: history may still stand under them. */
  former?: readonly string[] | undefined;
}

/** An account of a directory. `source` is empty for a row of the file. */
export interface AccountRef {
  source: string;
  /** The account's id there. */
  id: string;
}
