import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.js';

// TEST_RESULTS names a file for the counts that .ci/run prints.
const results = process.env.TEST_RESULTS;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: 'test/setup/servers.ts',
    pool: 'forks',
    // Two cores: of three files one waits at most times, for a database, a program or a lease that must end.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: results === undefined ? ['default'] : ['default', 'json'],
    ...(results !== undefined && { outputFile: { json: results } }),
  },
});
