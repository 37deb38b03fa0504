import { defineConfig } from 'vitest/config';

// TEST_RESULTS names a file for the counts that .ci/run prints.
const results = process.env.TEST_RESULTS;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: 'test/setup/servers.ts',
    pool: 'forks',
    // Two cores: more files at once only make each slower.
    maxWorkers: 2,
    reporters: results === undefined ? ['default'] : ['default', 'json'],
    ...(results !== undefined && { outputFile: { json: results } }),
  },
});
