// Results as JUnit XML, which CI systems show: a file is a suite, a visit a case.

import { escapeHtml } from '../../traces/printable.ts';
import { failureLines } from './draw.ts';
import type { CheckResult } from './run.ts';

/** The report of `results`, which are of the checks in `file`. */
export function junitXml(file: string, results: readonly CheckResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  const time = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const cases = results.map((result) => {
    const { label, request, durationMs, failures } = result;
    const body = failures.map((failure) => {
      const [message = '', ...rest] = failureLines(file, failure);
      return `<failure message="${xml(message)}">${xml(rest.join('\n'))}</failure>`;
    });
    const head = `<testcase classname="${xml(file)}" name="${xml(`visit ${label}: ${request}`)}" time="${seconds(durationMs)}">`;
    return `    ${head}${body.join('')}<system-out>${xml(result.page)}</system-out></testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="${xml(file)}" tests="${results.length}" failures="${failed}" time="${seconds(time)}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

/** Text of a trace, safe in XML 1.0, which has no control characters. */
function xml(text: string): string {
  return escapeHtml(text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'));
}
