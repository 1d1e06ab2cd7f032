import type { CheckFailure, CheckResult } from './run.ts';

/** So many different spans of a failed clause are shown. */
const MAX_FOUND = 10;

/** A failed clause: its line in the file, what was expected, and the spans that were found. */
export function failureLines(file: string, { line, clause, expected, count, found }: CheckFailure): string[] {
  const rest = found.length - MAX_FOUND;
  return [
    `${file}:${line}: ${clause}`,
    `expected ${expected}; found ${count}`,
    ...found.slice(0, MAX_FOUND).map((each) => `  ${each}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** One visit as lines: whether it passed, and why not. */
export function resultLines(file: string, result: CheckResult): string[] {
  const { label, request, status, durationMs, failures, error, page } = result;
  const mark = failures.length === 0 ? '✓' : '✗';
  const answer = status === null ? `no answer${error === null ? '' : ` (${error})`}` : String(status);
  return [
    `${mark} visit ${label}: ${request} → ${answer} in ${durationMs.toFixed(1)} ms`,
    ...failures.flatMap((failure) => failureLines(file, failure).map((line) => `    ${line}`)),
    ...(failures.length === 0 ? [] : [`    ${page}`]),
  ];
}
