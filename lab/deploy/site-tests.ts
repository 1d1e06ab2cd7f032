// Runs the tests of a release; each becomes a span.

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execPath } from 'node:process';
import { deployment } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { addExceptionEvent } from '../../otel/event.ts';
import { endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { ROOT } from '../../runtime/program.ts';
import type { Runner } from './tasks.ts';

/** The part of the output of vitest's reporter `json` that is read here; times in ms since 1970. */
type Report = {
  testResults: {
    name: string;
    message: string;
    assertionResults: {
      fullName: string;
      status: 'passed' | 'failed' | string;
      startTime?: number;
      duration?: number | null;
      failureMessages: string[];
    }[];
  }[];
};

/** Runs the tests of the release in `folder`. Resolves with how many passed; throws with the message of the first that failed. */
export async function testSite(folder: string, { command }: Runner): Promise<string> {
  const file = join(folder, 'tests.json');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = join(import.meta.dirname, 'vitest.site.ts');
  if (!existsSync(vitest)) return 'not run: the package has no test runner';
  const args = ['run', '--root', folder, '--config', config, '--reporter=json', `--outputFile=${file}`];
  const failed = await command(execPath, [vitest, ...args], { cwd: folder }).then(
    () => undefined,
    (error: Error) => error,
  );
  const { testResults } = readReport(file, failed);
  let passed = 0;
  const failures: string[] = [];
  for (const { name: path, assertionResults, message } of testResults) {
    const suite = relative(join(folder, 'services/app/site'), path);
    if (assertionResults.length === 0) failures.push(`${suite}: ${firstLine(message)}`);
    for (const { fullName, status, startTime, duration, failureMessages } of assertionResults) {
      const isPassed = status === 'passed';
      const span = startSpan(deployment.testCase, {
        words: { name: fullName.trim() },
        ...(startTime !== undefined && { startTime }),
        attributes: {
          [names.ATTR_TEST_SUITE_NAME]: suite,
          [names.ATTR_TEST_CASE_NAME]: fullName.trim(),
          [names.ATTR_TEST_CASE_RESULT_STATUS]: isPassed ? 'pass' : 'fail',
        },
      });
      const [reason = 'failed'] = failureMessages;
      if (!isPassed) {
        addExceptionEvent(span, new Error(reason));
        failSpan(span, 'AssertionError');
        failures.push(`${suite}: ${fullName.trim()}: ${firstLine(reason)}`);
      }
      endSpan(span, startTime === undefined ? undefined : startTime + (duration ?? 0));
      passed += isPassed ? 1 : 0;
    }
  }
  const [first] = failures;
  if (first !== undefined) throw new Error(first);
  if (failed) throw failed;
  if (passed === 0) throw new Error('the site has no tests');
  return `${passed} tests passed`;
}

function readReport(file: string, failed: Error | undefined): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch (error) {
    throw failed ?? error;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
