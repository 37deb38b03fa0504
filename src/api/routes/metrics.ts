import { z } from 'zod';
import { none, route } from '../route.js';

const metrics = route({
  method: 'GET',
  path: '/metrics',
  policy: 'read',
  openOnLoopback: true,
  summary: 'Everything measured, as Prometheus reads it. From loopback without a token.',
  schema: {
    params: none,
    query: none,
    answer: z.string(),
    text: 'text/plain; version=0.0.4; charset=utf-8',
  },
  limits: { bodyBytes: 0, perMinute: 120 },
  handler: (_call, { measured }) => measured(),
});

export const metricsRoutes = [metrics];
