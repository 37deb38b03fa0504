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
  /** Line of the file, for messages. */
  line: number;
}
