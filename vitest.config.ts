/**
 * The test suites: one project per question that is asked of the code, so that each can be run by its name.
 */

import { defineConfig } from 'vitest/config';

const SECOND_MS = 1_000;

/** `npm test`: no processes, no database, no browser; together under three minutes on two cores. */
const IN_PROCESS = [
  {
    name: 'unit',
    include: ['test/unit/**/*.test.ts', 'test/tidy.test.ts', 'test/architecture.test.ts'],
    timeoutMs: 10 * SECOND_MS,
  },
  { name: 'property', include: ['test/property/**/*.test.ts'], timeoutMs: 60 * SECOND_MS },
  { name: 'golden', include: ['test/golden/**/*.test.ts'], timeoutMs: 60 * SECOND_MS },
  { name: 'contract', include: ['test/contract/**/*.test.ts'], timeoutMs: 60 * SECOND_MS },
];

/** Real processes, ports and files. They wait for timeouts and restarts more than they work, and measure nothing. */
const WITH_PROCESSES = [
  { name: 'integration', include: ['test/integration/**/*.test.ts'], timeoutMs: 300 * SECOND_MS },
];

/** One file at a time: a browser that waits for the processor beside it shows what a person never sees. */
const WITH_BROWSER = [{ name: 'e2e', include: ['test/e2e/**/*.test.ts'], timeoutMs: 180 * SECOND_MS }];

export default defineConfig({
  test: {
    // By default one core is left to the main process, which waits for them most of the time.
    maxWorkers: '100%',
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // A test left focused by accident would silence all others.
    allowOnly: false,
    // What runs beside each other within a file waits for queues.
    maxConcurrency: 16,
    coverage: {
      provider: 'v8',
      include: ['shared/**/*.ts', 'functions/**/*.ts', 'gateway/**/*.ts', 'gpu-runner/**/*.ts', 'local/**/*.ts'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      ...[...IN_PROCESS, ...WITH_PROCESSES].map((suite) => project(suite, { fileParallelism: true })),
      ...WITH_BROWSER.map((suite) => project(suite, { fileParallelism: false })),
    ],
  },
});

function project(
  suite: { name: string; include: string[]; timeoutMs: number },
  { fileParallelism }: { fileParallelism: boolean },
) {
  const { name, include, timeoutMs } = suite;
  return {
    extends: true as const,
    test: {
      name,
      include,
      fileParallelism,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      // By default a second, which a busy machine can take for one answer.
      expect: { poll: { timeout: timeoutMs / 2 } },
    },
  };
}
