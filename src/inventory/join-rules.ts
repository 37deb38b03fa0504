/** By which sign-ins and traffic of the same people are held against each other: data, with a version. */
export interface JoinRules {
  version: string;
  /** Days between a sign-in and use that it still explains, either way: sessions of web services last for weeks. */
  signInDays: number;
  /** People who must have signed in to the service: below that nobody knows whether its sign-ins are seen at all. */
  minSignedIn: number;
  /** Days without a sign-in, each with all the days before it covered, that make a person's case more than weak. */
  mediumDays: number;
  /** Days after the last sign-in that was seen for which its source still counts as delivering. */
  coverageSlack: number;
}

export const joinRules: JoinRules = {
  version: '2026.1',
  signInDays: 30,
  minSignedIn: 3,
  mediumDays: 3,
  coverageSlack: 7,
};
