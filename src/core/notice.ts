/** News for people or systems outside: what the outbox holds and a channel delivers. Plain data. */
export interface Notice {
  /** Stable: the same news has the same id however often it is delivered. */
  id: string;
  /**
   * `finding.opened`, `finding.changed`, `finding.reopened`, `finding.resolved`, `source.silent`, `source.back`, `source.paused`,
   * `audit.checkpoint`, `audit.broken`, `blocklist.waiting`, `blocklist.published`, `blocklist.rolled-back`, `blocklist.kept`, `blocklist.back`, `report.ready`, `test`.
   */
  kind: string;
  /** Milliseconds since 1970: when it happened. */
  at: number;
  /** One line: what happened. Holds log data: escape it for the place where it is shown. */
  title: string;
  /** Why it matters and what to do, in a few sentences. Holds log data. */
  text: string;
  /** What it is about: finding or source id. Notices with the same subject are delivered in their order. */
  subject: string;
  severity: 'info' | 'warning' | 'high';
  /** More about it, in plain JSON: verdict, service, numbers. No names of people. */
  details: Readonly<Record<string, unknown>>;
}
