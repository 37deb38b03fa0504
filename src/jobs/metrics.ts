import { Counter, Histogram, Registry } from 'prom-client';

/** What jobs of this process measure. What is true of the whole service is asked of the database when metrics are read. */
export interface Metrics {
  registry: Registry;
  /** Seconds that jobs took, by kind and outcome. */
  jobSeconds: Histogram<'kind' | 'outcome'>;
  /** Seconds from the receipt of a chunk to its results, and to the findings that it changed. */
  lagSeconds: Histogram<'stage'>;
  /** Deliveries by channel and outcome. */
  deliveries: Counter<'channel' | 'outcome'>;
  /** Errors of the queue by kind of job. */
  queueErrors: Counter<'kind'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];
  return {
    registry,
    jobSeconds: new Histogram({
      name: 'halflight_job_seconds',
      help: 'Time that jobs took.',
      labelNames: ['kind', 'outcome'],
      buckets,
      registers,
    }),
    lagSeconds: new Histogram({
      name: 'halflight_lag_seconds',
      help: 'Time from the receipt of a chunk to its results and to the findings that it changed.',
      labelNames: ['stage'],
      buckets,
      registers,
    }),
    deliveries: new Counter({
      name: 'halflight_deliveries_total',
      help: 'Deliveries to channels.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    queueErrors: new Counter({
      name: 'halflight_queue_errors_total',
      help: 'Errors of the queue: lost connections and failed jobs.',
      labelNames: ['kind'],
      registers,
    }),
  };
}
