// npm run fire <scenario or address>: sends requests through the visitor and draws the trace of each.

import { isSet } from '../../runtime/control/fault.ts';
import { currentName, type Scenario, scenarios } from '../../scenarios/scenarios.ts';
import type { Faults } from '../../services/visitor/api.ts';
import { STORIES } from '../../traces/lessons/stories.ts';
import { printable } from '../../traces/printable.ts';
import { percentiles } from '../../traces/statistics/percentiles.ts';
import { sampleOf } from '../../traces/statistics/sample.ts';
import { LabError } from '../cli/command.ts';
import { drawTask, drawVisit, problems } from '../cli/draw.ts';
import { drawSummary } from '../cli/draw-summary.ts';
import { defineCommand, wholeNumber } from '../cli/options.ts';
import { drawQueueWait, queueWaitOf } from '../cli/queue-wait.ts';
import { drawRoutes } from '../cli/routes.ts';
import { columns, style, wrap } from '../cli/screen.ts';
import { askVisitor, type Outcome, readFindings, readTrace, type Sending } from '../cli/send.ts';
import { findSubject, isAddress } from '../cli/subject.ts';
import { type LabConfig, readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run fire <scenario or address> [-- flags]

Sends requests through the visitor and shows the trace of each. The lab must be running (npm start).

  npm run fire dynamic                                a scenario: one or more requests
  npm run fire http://djangogirls.test/letters/Ola/   any address of the lab
  npm run fire static -- --repeat 20                  20 times: a line for each, and a summary
  npm run fire http://my.test/ -- --together 8        8 at once: how long each waits for a free worker
  npm run fire -- --list                              the scenarios, in the order in which they teach
  npm run -s fire job -- --json                       for scripts

  --repeat N     N times, 1 to 1000; a line for each request instead of a drawing
  --together N   an address N times at once, 2 to 64; a line for each request, with its wait in the queue
  --list         the scenarios
  --json         one JSON object instead of a drawing
  --help         this text

Exit code 0: every response and every trace is as the contract says (otel/contract/). 1: otherwise.`;

/** So many that none finds the queue full. */
const MAX_TOGETHER = 64;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { repeat: { type: 'string', default: '1' }, together: { type: 'string' }, list: { type: 'boolean' } },
  async run({ values, words: [typed, ...rest] }) {
    if (values.list) {
      console.log(values.json ? JSON.stringify(listed()) : drawList());
      return true;
    }
    if (typed === undefined || rest.length > 0) throw new LabError(`${USAGE}\n\n${drawList()}`);
    const name = currentName(typed);
    const times = wholeNumber('--repeat', values.repeat, 1, 1000);
    if (values.together !== undefined) {
      const count = wholeNumber('--together', values.together, 2, MAX_TOGETHER);
      if (times > 1)
        throw new LabError('--repeat sends one request after another, --together all at once: use one of them.');
      return sendTogether(name, count, values.json ?? false);
    }
    const show = (outcome: Outcome) => (times > 1 ? showLine(outcome) : drawOne(name, outcome));
    const outcomes = await send(name, times, values.json ? {} : { onVisit: show });
    const ok = outcomes.every((outcome) => outcome.ok);
    if (values.json) console.log(printable(JSON.stringify(report(name, ok, outcomes))));
    else if (times > 1) console.log(summary(outcomes, readLabConfig()));
    else console.log(drawSameRoutes(outcomes));
    if (!ok && !values.json) console.log(await drawFaults());
    return ok;
  },
});

/** The faults that are set, which may be why a trace is not as expected; '' for none. */
async function drawFaults(): Promise<string> {
  const { faults } = (await (await askVisitor(readLabConfig(), '/faults')).json()) as Faults;
  const set = faults.filter(isSet).map(({ id, value }) => `${id}=${value}`);
  if (set.length === 0) return '';
  return `Faults are set, which may be why: ${set.join(', ')}. npm run faults -- --repair ends them.`;
}

/** Sends `count` requests at once; the one that waited longest is last. */
async function sendTogether(address: string, count: number, isJson: boolean): Promise<boolean> {
  const config = readLabConfig();
  if (!isAddress(address)) throw new LabError('--together is for an address, such as http://my.test/');
  const sent = await Promise.all(Array.from({ length: count }, () => findSubject(address, config)));
  const outcomes = sent.flatMap(({ outcomes }) => outcomes).sort((a, b) => queueWaitOf(a.spans) - queueWaitOf(b.spans));
  const ok = outcomes.every((outcome) => outcome.ok);
  if (isJson) console.log(printable(JSON.stringify(report(address, ok, outcomes))));
  else {
    for (const outcome of outcomes) showLine(outcome, drawQueueWait(outcome.spans));
    console.log(summary(outcomes, config));
  }
  return ok;
}

async function send(name: string, times: number, sending: Sending): Promise<Outcome[]> {
  const config = readLabConfig();
  const all: Outcome[] = [];
  for (let time = 0; time < times; time++) all.push(...(await findSubject(name, config, sending)).outcomes);
  return all;
}

async function drawOne(name: string, outcome: Outcome): Promise<void> {
  const findings = await readFindings(outcome, readLabConfig());
  console.log(drawVisit(isAddress(name) ? 'request' : name, { ...outcome, findings }));
  const { task } = outcome;
  if (task) console.log(drawTask({ ...task, ...(await readTrace(task.traceId, readLabConfig())) }));
}

/** The routes of several requests to the same URL side by side. */
function drawSameRoutes(outcomes: Outcome[]): string {
  const isSamePlace = new Set(outcomes.map(({ url }) => url)).size === 1;
  return isSamePlace ? drawRoutes(outcomes.map(({ spans }) => spans)) : '';
}

function showLine(outcome: Outcome, more = ''): void {
  const { status, durationMs, traceId, ok } = outcome;
  const time = `${durationMs.toFixed(1)} ms`.padStart(12);
  const line = [time, String(status ?? 'no answer').padEnd(3), printable(traceId), more].join('  ').trimEnd();
  console.log([ok ? line : style('red', line), ...problems(outcome).map((each) => `      ${each}`)].join('\n'));
}

function summary(outcomes: Outcome[], { visitorUrl }: LabConfig): string {
  const fine = outcomes.filter(({ ok }) => ok);
  const samples = fine.flatMap(({ spans }, at) => sampleOf(spans, at + 1) ?? []);
  const latencies = percentiles(outcomes.map(({ durationMs }) => durationMs));
  const slowest = outcomes.reduce((a, b) => (b.durationMs > a.durationMs ? b : a));
  const bad = outcomes.filter(({ ok }) => !ok).length;
  const [p50, p90, last] = [latencies?.p50, latencies?.p90, latencies?.slowest].map((ms) => `${ms?.toFixed(1)} ms`);
  return [
    '',
    `${outcomes.length} requests, ${bad === 0 ? 'all as the contract says' : style('red', `${bad} not as the contract says`)}; median ${p50}, p90 ${p90}`,
    `slowest ${last}: ${style('underline', slowest.page)}`,
    ...(samples.length < 2 ? [] : ['', ...drawSummary(samples, visitorUrl)]),
  ].join('\n');
}

/** The object of `--json`: every visit, and the last one's fields again at the top. */
function report(typed: string, ok: boolean, outcomes: Outcome[]): object {
  const visits = outcomes.map(({ spans, ok, preview, ...visit }) => visit);
  const scenario = isAddress(typed) ? null : typed;
  return { ...visits.at(-1), scenario, ok, visits };
}

function listed(): object[] {
  return scenarios.map(({ name, story, title, sentence, look }) => ({ name, story, title, sentence, look }));
}

function drawList(): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const room = columns() - width - 4;
  const line = ({ name, title }: Scenario) =>
    wrap(title, room)
      .map((part, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${part}`)
      .join('\n');
  return [...Map.groupBy(scenarios, ({ story }) => story)]
    .map(([story, group]) => [style('bold', `${story}  ${STORIES[story].title}`), ...group.map(line)].join('\n'))
    .join('\n\n');
}
