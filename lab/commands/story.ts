// npm run story: a request's journey in sentences, made of its real trace; each sentence names its span.

import { hintSentences } from '../../traces/hints.ts';
import { printable } from '../../traces/printable.ts';
import { storyOf } from '../../traces/story.ts';
import { titleOf } from '../../traces/titles.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { colourOf, columns, cut, padEnd, shownService, style, wrap } from '../cli/screen.ts';
import type { Outcome } from '../cli/send.ts';
import { findSubject } from '../cli/subject.ts';
import { readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run story <scenario, address or trace id> [-- --markdown | --json]

Tells a request's journey in sentences, made from its trace. Beside each sentence stands its span.

  npm run story dynamic
  npm run story http://djangogirls.test/letters/Ola/
  npm run -s story job -- --markdown > job.md

  --markdown   as Markdown
  --json       one JSON object
  --help       this text

Exit code 0: the traces are as the contract says. 1: otherwise.`;

/** On narrower screens the span is on a line of its own. */
const WIDE = 100;
const SPAN_WIDTH = 34;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { markdown: { type: 'boolean' } },
  async run({ values, words: [typed, ...rest] }) {
    if (typed === undefined || rest.length > 0) throw new LabError(USAGE);
    const { outcomes } = await findSubject(typed, readLabConfig());
    if (values.json) console.log(printable(JSON.stringify({ visits: outcomes.map(report) })));
    else console.log(outcomes.map(values.markdown ? markdown : text).join('\n\n'));
    return outcomes.every(({ ok }) => ok);
  },
});

function report(outcome: Outcome): object {
  const { traceId, url, status, page } = outcome;
  const sentences = storyOf(outcome.spans).map(({ text, node: { span } }) => ({
    text,
    spanId: span.spanId,
    service: span.service,
    name: span.name,
  }));
  return { traceId, url, status, page, sentences, hints: hintSentences(outcome.spans) };
}

function text(outcome: Outcome): string {
  const width = columns();
  const lines = storyOf(outcome.spans).flatMap(({ text: sentence, node: { span } }) => {
    const label = `${shownService(span.service)} · ${printable(titleOf(span))}`;
    const colour = colourOf(span.service);
    if (width < WIDE) return [...wrap(sentence, width), `    ${style(colour, cut(label, width - 4))}`];
    const [first = '', ...rest] = wrap(sentence, width - SPAN_WIDTH - 2);
    const beside = padEnd(cut(label, SPAN_WIDTH), SPAN_WIDTH);
    return [`${style(colour, beside)}  ${first}`, ...rest.map((line) => `${' '.repeat(SPAN_WIDTH + 2)}${line}`)];
  });
  const hints = hintSentences(outcome.spans).flatMap((each) => ['', ...wrap(each, width)]);
  return [style('bold', headline(outcome)), '', ...lines, ...hints, '', style('underline', outcome.page)].join('\n');
}

function markdown(outcome: Outcome): string {
  const sentences = storyOf(outcome.spans).map(
    ({ text: sentence, node: { span } }) =>
      `- ${escaped(sentence)} (${escaped(shownService(span.service))} \`${printable(span.name).replaceAll('`', "'")}\`)`,
  );
  const hints = hintSentences(outcome.spans).flatMap((each) => [escaped(each), '']);
  return [`## ${escaped(headline(outcome))}`, '', ...sentences, '', ...hints, `[The trace](${outcome.page})`].join(
    '\n',
  );
}

function headline({ method, url, status, durationMs }: Outcome): string {
  return `${method} ${url} → ${status ?? 'no answer'}, ${durationMs.toFixed(1)} ms`;
}

/** What a trace says, safe in Markdown. */
function escaped(foreign: string): string {
  return printable(foreign).replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
}
