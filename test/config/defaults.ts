const [minute, day] = [60_000, 86_400_000];

/** The configuration of who configures nothing, written by hand. */
export const defaults = {
  organisation: { timezone: 'UTC', domains: [] as string[] },
  data: './halflight-data',
  database: { pool: 10 },
  redis: { prefix: 'halflight' },
  server: { listen: '127.0.0.1', port: 8480, trusted_proxies: [] as string[] },
  catalog: {},
  work: { concurrency: 2, threads: 1, chunk_deadline: 5 * minute, kept_input: 7 * day },
  findings: { window: 90 * day, quiet: 30 * day },
  answer_within: { low: 5 * day, moderate: 14 * day, high: 30 * day },
  retention: { usage: 400 * day, evidence: 180 * day, quarantine: 30 * day, history: 400 * day },
  blocklists: { formats: [] as string[], max_change_percent: 5, max_change_entries: 50, two_people: true },
  nudges: {
    enabled: false,
    groups: [] as string[],
    excluded_groups: [] as string[],
    excluded_people: [] as string[],
    per_quarter: 4,
    from_hour: 9,
    until_hour: 17,
  },
  spool: { size: 1_073_741_824, segment: 16_777_216 },
  log: { level: 'info' },
  signing: {},
  audit: { checkpoints: { channels: [] } },
  net: { allow: [] as string[], ports: [] as number[] },
  sources: [] as unknown[],
  channels: [] as unknown[],
  reports: [] as unknown[],
  alerts: { sensitive_groups: [] as string[], quiet_hours: [] as unknown[] },
};
