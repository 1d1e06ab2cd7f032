// npm run check: sends what a file of your own checks says, and compares the traces with it.

import { readFileSync, writeFileSync } from 'node:fs';
import { LessonError } from '../../traces/lessons/check-language.ts';
import { parseChecksFile, type SentVisit } from '../../traces/lessons/checks-file.ts';
import { printable } from '../../traces/printable.ts';
import { resultLines } from '../checks/draw.ts';
import { junitXml } from '../checks/junit.ts';
import { isPassed, runChecks } from '../checks/run.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { style } from '../cli/screen.ts';
import { readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run check <file.md> [-- --junit FILE | --json]

Sends the requests of a file of your own checks, and compares the trace of each with what the file says. The lab must be running.

  npm run check my-checks.md
  npm run -s check my-checks.md -- --json
  npm run check my-checks.md -- --junit report.xml

The checks stand in Markdown, in blocks that begin with \`\`\`check:

  visit A
    send http://my.test/                      GET; or: send POST http://my.test/vote/ choice=1
    has visitor visit http.response.status_code=200
    count app "SELECT *" <= 3                 a span is: <service> <name> [attribute=value …]

docs/checks.md explains the language.

  --junit FILE   writes the results as JUnit XML
  --json         one JSON object
  --help         this text

Exit code 0: every trace is as the file says. 1: not, or the file has a mistake.`;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { junit: { type: 'string' } },
  async run({ values, words: [file, ...rest] }) {
    if (file === undefined || rest.length > 0) throw new LabError(USAGE);
    const visits = readChecks(file);
    const results = await runChecks(visits, readLabConfig(), (result) => {
      if (values.json) return;
      const [head = '', ...more] = resultLines(file, result).map(printable);
      console.log([result.failures.length === 0 ? head : style('red', head), ...more].join('\n'));
    });
    const ok = isPassed(results);
    if (values.junit !== undefined) writeReport(values.junit, junitXml(file, results));
    if (values.json) console.log(printable(JSON.stringify({ file, ok, visits: results })));
    else
      console.log(`${results.length} visits, ${results.filter(({ failures }) => failures.length > 0).length} failed`);
    return ok;
  },
});

function readChecks(file: string): SentVisit[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new LabError(`${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return parseChecksFile(text);
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    throw new LabError(`${file}, ${error.message}`);
  }
}

function writeReport(file: string, xml: string): void {
  try {
    writeFileSync(file, xml);
  } catch (error) {
    throw new LabError(`--junit: ${file} cannot be written: ${(error as Error).message}`);
  }
}
