/**
 * Turns vitest's JSON report into one closing line per suite: `unit: 12 passed, 0 failed`.
 *
 * Usage: node scripts/ci-summary.ts REPORT.json SUITE...
 * Exit code 1 when a test failed, a named suite ran nothing, or a test was skipped for any reason other than the
 * sample data, which lives outside the repository: on a machine that installs its tools, nothing else may be missing.
 */

import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import * as z from 'zod';

const SAMPLE_DATA = 'shared/data';
/** Names in a list of the summary, whose readers see the end of a long log. */
const MOST_NAMED = 20;

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});
type FileResult = z.infer<typeof reportSchema>['testResults'][number];

const [reportPath, ...suites] = process.argv.slice(2);
if (reportPath === undefined || suites.length === 0) {
  console.error('usage: node scripts/ci-summary.ts REPORT.json SUITE...');
  process.exitCode = 2;
} else {
  const files = readReport(reportPath);
  const allPassed = suites.map((suite) =>
    summarise(
      suite,
      files.filter((file) => suiteOf(file.name) === suite),
    ),
  );
  process.exitCode = allPassed.every(Boolean) ? 0 : 1;
}

function readReport(path: string): readonly FileResult[] {
  // vitest writes no report when it could not even start; then every suite counts as failed.
  return existsSync(path) ? reportSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).testResults : [];
}

/** `test/unit/a.test.ts` belongs to unit; a file directly in `test/` too. */
function suiteOf(path: string): string {
  const [, folder, ...rest] = relative(process.cwd(), path).split(sep);
  return rest.length === 0 ? 'unit' : (folder ?? 'unit');
}

function summarise(suite: string, files: readonly FileResult[]): boolean {
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  // A file that breaks before its first test has no test to blame.
  const brokenFiles = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = tests.filter((test) => test.status === 'failed').length + brokenFiles;
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  const unexplained = skipped.filter((test) => !test.fullName.includes(SAMPLE_DATA));

  if (skipped.length > 0) console.log(`${suite}: ${skipped.length} skipped`);
  listed(`${suite}: failed`, namesOfFailures(files));
  listed(
    `${suite}: skipped without the sample data as reason`,
    unexplained.map((test) => test.fullName),
  );
  if (passed + failed === 0) console.log(`${suite}: no test ran, which counts as a failure`);
  const failures = failed + unexplained.length + (passed + failed === 0 ? 1 : 0);
  console.log(`${suite}: ${passed} passed, ${failures} failed`);
  return failures === 0;
}

function namesOfFailures(files: readonly FileResult[]): readonly string[] {
  return files.flatMap((file) => {
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    const name = relative(process.cwd(), file.name);
    // A hook that throws fails its file and skips the tests in it.
    if (file.status === 'failed' && failed.length === 0) return [`${name} as a whole: ${firstLine(file.message)}`];
    return failed.map((test) => `${name}: ${test.fullName}`);
  });
}

function firstLine(text = ''): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

function listed(what: string, names: readonly string[]): void {
  for (const name of names.slice(0, MOST_NAMED)) console.log(`${what}: ${name}`);
  if (names.length > MOST_NAMED) console.log(`${what}: ${names.length - MOST_NAMED} more`);
}
