import { expect, test } from 'vitest';
import { parseChecksFile, type SentVisit } from '../../traces/lessons/checks-file.ts';
import { appSpans, behindTheLab } from '../../traces/testdata/recorded.ts';
import { resultLines } from './draw.ts';
import { junitXml } from './junit.ts';
import { type CheckResult, failuresOf } from './run.ts';

const FILE = 'my-checks.md';

const visitOf = (clauses: string) =>
  parseChecksFile(`\`\`\`check\nvisit A\nsend http://my.test/\n${clauses}\n\`\`\``)[0] as SentVisit;

/** What is found for one visit with these clauses in a trace of the Django site. */
function resultOf(clauses: string, app = 'django'): CheckResult {
  const spans = behindTheLab(appSpans(app)).nodes.map(({ span }) => span);
  return {
    ...{
      label: 'A',
      line: 2,
      request: 'GET http://my.test/',
      status: 200,
      durationMs: 71.4,
      traceId: 'ab',
      error: null,
    },
    page: 'http://127.0.0.1:8190/traces/ab',
    failures: failuresOf(visitOf(clauses), spans, { status: 200, error: null }),
  };
}

test.each(['django', 'django-stable', 'django-by-hand'])('N + 1 in %s: the line, and the queries', (app) => {
  expect(resultLines(FILE, resultOf('count app "SELECT *" <= 3', app))).toEqual([
    '✗ visit A: GET http://my.test/ → 200 in 71.4 ms',
    '    my-checks.md:4: count app "SELECT *" <= 3',
    '    expected at most 3 × span "SELECT *" of app; found 7',
    expect.stringMatching(/^ {6}6 × SELECT .*WHERE "polls_choice"."question_id" = \?$/),
    expect.stringMatching(/^ {6}1 × SELECT .*FROM "polls_question"/),
    '    http://127.0.0.1:8190/traces/ab',
  ]);
});

test('what holds is one line', () => {
  const result = resultOf('count app "SELECT polls_question" = 1\nhas visitor GET http.response.status_code=200');
  expect(resultLines(FILE, result)).toEqual(['✓ visit A: GET http://my.test/ → 200 in 71.4 ms']);
});

test('a request without a response fails, whatever else is expected', () => {
  const failures = failuresOf(visitOf('no app * error=true'), [], { status: null, error: 'connect ECONNREFUSED' });
  expect(failures.map(({ line, expected }) => [line, expected])).toEqual([[2, 'a response, got connect ECONNREFUSED']]);
});

test('the report for CI has the failure with its line, and is well-formed', () => {
  const xml = junitXml(FILE, [resultOf('has app "GET"'), resultOf('count app "SELECT *" <= 3')]);
  expect(xml).toContain('<testsuite name="my-checks.md" tests="2" failures="1"');
  expect(xml).toContain('<failure message="my-checks.md:4: count app &#34;SELECT *&#34; &#60;= 3">');
  expect(xml).toContain('6 × SELECT &#34;polls_choice&#34;');
  expect(junitXml('a\u0000<', [])).toContain('name="a\ufffd&#60;"');
});
