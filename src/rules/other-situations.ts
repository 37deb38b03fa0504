import { reasonOf } from '../core/candidate.js';
import type { CandidateFact, GrantFact, JobFact, SourceFact } from './facts.js';
import { among, fold, type Rule, type Situation } from './situation.js';

/**
 * Parts of names of permissions that let an app write mail, files or the directory, or act while nobody is there. Microsoft Graph
 * (learn.microsoft.com/graph/permissions-reference) and Google (developers.google.com/identity/protocols/oauth2/scopes).
 */
export const riskyScopes: readonly string[] = [
  'mail.readwrite',
  'mail.send',
  'mailboxsettings.readwrite',
  'full_access_as_app',
  'files.readwrite',
  'sites.readwrite',
  'sites.manage',
  'sites.fullcontrol',
  'notes.readwrite',
  'chat.readwrite',
  'directory.readwrite',
  'directory.accessasuser',
  'user.readwrite.all',
  'group.readwrite',
  'rolemanagement.readwrite',
  'application.readwrite',
  'offline_access',
  'https://mail.google.com/',
  'auth/gmail.modify',
  'auth/gmail.send',
  'auth/gmail.compose',
  'auth/gmail.settings',
  'auth/drive',
  'auth/documents',
  'auth/spreadsheets',
  'auth/admin.directory',
  'auth/cloud-platform',
];
/** Narrow permissions that a part above would take in. */
const harmless: readonly string[] = ['auth/drive.file', 'auth/drive.appdata', 'auth/drive.appfolder', '.readonly'];

const defaults = { score: 70, share: 5, records: 100, failures: 3 } as const;

/** Which permissions of a grant count for a rule; those of the usual list where the rule has none. */
export function riskyOf(scopes: readonly string[], wanted: readonly string[] | undefined): string[] {
  const parts = (wanted ?? riskyScopes).map(fold);
  return scopes.filter((scope) => {
    const name = fold(scope);
    if (wanted === undefined && harmless.some((part) => name.endsWith(part))) return false;
    return parts.some((part) => name.includes(part));
  });
}

/** A grant that the usual rule, or one of these, would tell. */
export const isWorthKeeping = (fact: GrantFact, rules: readonly Rule[]): boolean =>
  riskyOf(fact.scopes, undefined).length > 0 ||
  fact.consent === 'admin' ||
  rules.some((rule) => rule.kind === 'risky-grant' && grantSituations(rule, fact).length > 0);

export function grantSituations({ kind, when }: Rule, fact: GrantFact): Situation[] {
  if (kind !== 'risky-grant' || fact.gone) return [];
  if (!among(when.sources, fact.source) || !among(when.services, fact.service)) return [];
  if (!among(when.categories, fact.category)) return [];
  const risky = riskyOf(fact.scopes, when.scopes);
  const admin = fact.consent === 'admin' && (when.admin_consent ?? true);
  if (risky.length === 0 && !admin) return [];
  const by =
    fact.consent === 'user'
      ? 'One person'
      : fact.permission === 'application'
        ? 'An administrator, to the app itself,'
        : 'An administrator, for everybody,';
  const shown = risky.length > 0 ? risky : fact.scopes;
  const what =
    shown.length === 0
      ? 'access'
      : shown.slice(0, 8).join(', ') + (shown.length > 8 ? ` and ${shown.length - 8} more` : '');
  return [
    {
      subject: `grant/${fact.grant}`,
      service: fact.service,
      source: fact.source,
      title: `New permission: ${fact.app} may ${admin && risky.length === 0 ? 'act for the organisation' : 'reach data of the organisation'}`,
      text: `${by} granted it: ${what}. It holds until it is taken back, whether or not the app is used.`,
      details: {
        service: fact.service,
        category: fact.category,
        source: fact.source,
        app: fact.app,
        app_id: fact.appId,
        permission: fact.permission,
        consent: fact.consent,
        scopes: fact.scopes.slice(0, 100),
        risky_scopes: risky.slice(0, 100),
        way: 'Ask who granted it what it is for; register the app in the inventory, or take the permission back at the provider: the alert ends by itself.',
      },
    },
  ];
}

export function candidateSituations({ kind, when }: Rule, fact: CandidateFact): Situation[] {
  if (kind !== 'candidate-score' || fact.decided || fact.score < (when.score ?? defaults.score)) return [];
  return [
    {
      subject: `candidate/${fact.candidate}`,
      service: null,
      source: null,
      title: `Looks like AI and is in no catalog: ${fact.subject}`,
      text: `Score ${fact.score} of 100: ${reasonOf(fact.said)}.`,
      details: {
        candidate: fact.candidate,
        candidate_kind: fact.kind,
        subject: fact.subject,
        score: fact.score,
        actors: fact.said.actors,
        events: fact.said.events,
        way: `Look at it and decide: halflight candidate show ${fact.candidate}; once it is dismissed, or part of a service, the alert ends.`,
      },
    },
  ];
}

export function sourceSituations({ kind, when }: Rule, fact: SourceFact): Situation[] {
  if (!among(when.sources, fact.source)) return [];
  const { source, said } = fact;
  const situation = (title: string, text: string, details: Readonly<Record<string, unknown>>): Situation => ({
    subject: `source/${source}`,
    service: null,
    source,
    title,
    text,
    details: { source, ...details },
  });
  if (kind === 'silent-source' && fact.paused)
    return [
      situation(`Source ${source} is paused: its provider does not let it in`, said.paused ?? '', {
        way: `Renew its login, then: halflight source test ${source}; halflight collect ${source}`,
      }),
    ];
  if (kind === 'silent-source' && fact.silent)
    return [
      situation(`Source ${source} is silent`, said.silent ?? '', {
        way: `Find where it stops: halflight source test ${source}; the alert ends when data come again.`,
      }),
    ];
  if (kind !== 'quarantine-rate') return [];
  if (fact.unreadShare < (when.share ?? defaults.share) || fact.records < (when.records ?? defaults.records)) return [];
  return [
    situation(
      `Source ${source}: ${fact.unreadShare} % of its records could not be read`,
      `${said.unread} of ${said.received} records of the last 24 hours were rejected or put aside: what they say is missing in every number.`,
      {
        share: fact.unreadShare,
        unread: said.unread,
        received: said.received,
        way: 'See why: GET /v1/chunks names the reasons; set format or mapping of the source, then halflight replay.',
      },
    ),
  ];
}

export function jobSituations({ kind, when }: Rule, fact: JobFact): Situation[] {
  if (kind !== 'job-failures' || !among(when.jobs, fact.job)) return [];
  if (fact.failures < (when.failures ?? defaults.failures)) return [];
  const source = fact.job.startsWith('collect:') ? fact.job.slice('collect:'.length) : null;
  return [
    {
      subject: `job/${fact.job}`,
      service: null,
      source,
      title: `The job ${fact.job} failed ${fact.failures} times in a row`,
      text: fact.said.outcome === null ? 'Nothing is known of why.' : `The last time: ${fact.said.outcome}`,
      details: {
        job: fact.job,
        source,
        failures: fact.failures,
        way: 'Correct what it says; halflight doctor looks at everything that it needs. The alert ends when it succeeds.',
      },
    },
  ];
}
