import { actorOf, grouped, type Seen } from './seen.js';
import type { Expected } from './types.js';

/** What people say of themselves, and what vouched records show of the same people. Answers of a survey are claims in its file. */
export function surveyOf(claimed: readonly Seen[], used: readonly Seen[]): Expected['survey'] {
  const said = claimed.filter(({ fact }) => fact.file === 'survey');
  const answered = new Set(said.map(actorOf));
  const seen = used.filter((one) => answered.has(actorOf(one)) && one.fact.contact !== true);
  const services = [...grouped([...said, ...seen], ({ fact }) => fact.service).keys()];
  return {
    answered: answered.size,
    services: services.map((service) => {
      const of = (some: readonly Seen[]) => new Set(some.filter(({ fact }) => fact.service === service).map(actorOf));
      const [says, was] = [of(said), of(seen)];
      const both = [...says].filter((person) => was.has(person)).length;
      return { service, declaredAndSeen: both, declaredNotSeen: says.size - both, seenNotDeclared: was.size - both };
    }),
  };
}
