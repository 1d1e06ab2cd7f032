// npm run load: many requests at a fixed rate, and what they say together.
//
//              sent  answered      p50      p90      p99  slowest
//   static     1500      1500     1.2 ms   2.0 ms   4.1 ms   9.9 ms
//   dynamic     500       500    12.3 ms  15.8 ms  31.0 ms  84.2 ms
//
//   spans: 13,000 expected, 13,000 stored (all 2,000 traces read back)
//   slowest  84.2 ms  dynamic  http://127.0.0.1:8190/traces/…

import { failuresOf } from '../../traces/statistics/comparison.ts';
import { type Latencies, percentiles } from '../../traces/statistics/percentiles.ts';
import type { SampleSet } from '../../traces/statistics/sample.ts';
import { summariesOf } from '../../traces/statistics/summary.ts';
import { INTERRUPTED, LabError } from '../cli/command.ts';
import { drawSummary } from '../cli/draw-summary.ts';
import { defineCommand, wholeNumber } from '../cli/options.ts';
import { style } from '../cli/screen.ts';
import { readSet } from '../cli/sets.ts';
import { createStatusLine } from '../cli/status-line.ts';
import { type LabConfig, readLabConfig } from '../config.ts';
import type { Progress } from '../load/arrivals.ts';
import { parseMix } from '../load/mix.ts';
import { readBack, runLoad, type Sent, type Stored } from '../load/run.ts';

const USAGE = `Usage: npm run load -- [--rate 50] [--duration 10] [--mix static=3,dynamic=1]

Sends requests to the site at a fixed rate, whether or not earlier ones were answered (an open loop), and reports how long they
took, counted from when each was due. Then it reads traces back and shows how long each stage took. The lab must be up (npm start).
Up to 200 requests of each scenario make a set, which has an address: compare two, such as before and after a fault.

  --rate N         requests a second, 1 to 5000 (50)
  --duration N     seconds, 1 to 300 (10)
  --mix A=n,B=m    which scenarios, by weight (static=1,dynamic=1)
  --in-flight N    at most N requests in flight; what is due beyond that is not sent, but reported (500)
  --json           one JSON object
  --help           this text

  npm run load -- --rate 200 --mix static=3,dynamic=1
  npm run load -- --rate 20 --mix slow=1             the queue grows: see where they wait
  npm run compare <set> <set>                        what has changed from one load to the other

Ctrl-C ends it early, with the table of what was sent until then; once more: at once.
Exit code 0: every request was answered as its scenario says. 1: at least one was not. 130: ended by Ctrl-C.`;

const SLOWEST = 5;

type Report = {
  /** As configured. */
  rate: number;
  /** For how long requests were sent; with `interrupted` shorter than configured. */
  durationSeconds: number;
  interrupted: boolean;
  progress: Progress;
  scenarios: {
    name: string;
    sent: number;
    answered: number;
    latencyMs: Latencies | null;
    failures: Record<string, number>;
  }[];
  spans: Stored;
  slowest: { latencyMs: number; scenario: string; traceId: string | null; page: string | null }[];
  ok: boolean;
};

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {
    rate: { type: 'string', default: '50' },
    duration: { type: 'string', default: '10' },
    mix: { type: 'string', default: 'static=1,dynamic=1' },
    'in-flight': { type: 'string', default: '500' },
  },
  run: ({ values }) => load(values),
});

type Flags = { rate: string; duration: string; mix: string; 'in-flight': string; json?: boolean };

async function load(values: Flags): Promise<boolean | number> {
  const rate = wholeNumber('--rate', values.rate, 1, 5000);
  const duration = wholeNumber('--duration', values.duration, 1, 300);
  const maxInFlight = wholeNumber('--in-flight', values['in-flight'], 1, 5000);
  const shares = parseMix(values.mix);
  const config = readLabConfig();
  await siteIsUp(config.siteUrl);

  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  const watch = watcher(values.json !== true);
  const { progress, sent } = await runLoad(
    shares,
    { rate, duration, maxInFlight, signal: stop.signal },
    config,
    watch.show,
  );
  watch.clear();
  process.off('SIGINT', interrupt);

  const spans = await readBack(sent, config.jaegerUrl).catch((error: Error) => {
    throw new LabError(
      `${progress.sent} requests were sent, but ${config.jaegerUrl} did not answer the query for the traces: ${error.message}`,
    );
  });
  const interrupted = stop.signal.aborted;
  const seconds = interrupted ? progress.due / rate : duration;
  const report = reportOf({ rate, seconds, interrupted, progress, sent, spans, visitorUrl: config.visitorUrl });
  const ids = new Set(sent.filter(({ isOfSet, status }) => isOfSet && status !== null).map(({ share }) => share.set));
  let problem: string | null = null;
  const sets = await Promise.all([...ids].map((id) => readSet(id, config))).catch((error: Error): SampleSet[] => {
    problem = error.message;
    return [];
  });
  sets.sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const failed = problem === null ? [] : [style('red', `✗ The stages could not be read: ${problem}`)];
  if (values.json) console.log(JSON.stringify({ ...report, stages: sets.map(stagesOf), problem }));
  else console.log([draw(report), ...sets.map((set) => drawStages(set, config)), ...failed].join('\n\n'));
  return interrupted ? INTERRUPTED : report.ok && problem === null;
}

/** For --json: each stage's durations in ms, with its slowest traces. */
function stagesOf({ id, name, samples, failures }: SampleSet): object {
  const stages = summariesOf(samples).map(({ slowest, ...stage }) => ({
    ...stage,
    slowest: slowest.map(({ traceId }) => traceId),
  }));
  return { scenario: name, set: id, traces: samples.length, failures, stages };
}

function drawStages(set: SampleSet, { visitorUrl }: LabConfig): string {
  const head = `${set.name}, from the proxy on, in ${set.samples.length} traces:`;
  const failed = failuresOf(set);
  return [
    style('bold', head),
    ...drawSummary(set.samples, visitorUrl),
    ...(failed ? [style('red', `✗ ${failed}`)] : []),
    `all of them  ${style('underline', `${visitorUrl}/sets/${set.id}`)}`,
  ].join('\n');
}

function reportOf(load: {
  rate: number;
  seconds: number;
  interrupted: boolean;
  progress: Progress;
  sent: readonly Sent[];
  spans: Stored;
  visitorUrl: string;
}): Report {
  const { sent, visitorUrl } = load;
  const isFine = ({ status, share }: Sent) => status === share.status;
  const scenarios = [...Map.groupBy(sent, ({ share }) => share.name)].sort().map(([name, group]) => {
    const failures: Record<string, number> = {};
    for (const { status, error } of group.filter((each) => !isFine(each))) {
      const reason = error ?? String(status);
      failures[reason] = (failures[reason] ?? 0) + 1;
    }
    const answered = group.filter(isFine);
    return {
      name,
      sent: group.length,
      answered: answered.length,
      latencyMs: percentiles(answered.map(({ latency }) => latency)),
      failures,
    };
  });
  const slowest = sent.toSorted((a, b) => b.latency - a.latency).slice(0, SLOWEST);
  return {
    rate: load.rate,
    durationSeconds: load.seconds,
    interrupted: load.interrupted,
    progress: load.progress,
    scenarios,
    spans: load.spans,
    slowest: slowest.map(({ latency, share, traceId }) => ({
      latencyMs: latency,
      scenario: share.name,
      traceId,
      page: traceId && `${visitorUrl}/traces/${traceId}`,
    })),
    ok: !load.interrupted && load.progress.notSent === 0 && sent.length > 0 && sent.every(isFine),
  };
}

function draw({ rate, durationSeconds, interrupted, progress, scenarios, spans, slowest }: Report): string {
  const width = Math.max(8, ...scenarios.map(({ name }) => name.length));
  const cell = (text: string) => text.padStart(10);
  const rows = scenarios.flatMap(({ name, sent, answered, latencyMs, failures }) => [
    `  ${name.padEnd(width)}${[sent, answered].map((number) => cell(String(number))).join('')}${columns(latencyMs).map(cell).join('')}`,
    ...Object.entries(failures).map(([reason, count]) =>
      style('red', `  ${' '.repeat(width)}  ✗ ${count} × ${reason}`),
    ),
  ]);
  const whole = spans.stored === spans.expected;
  return [
    style(
      'bold',
      `${rate} requests a second for ${Number(durationSeconds.toFixed(2))} s, each timed from when it was due`,
    ),
    ...(interrupted ? [style('red', `ended by Ctrl-C: ${progress.sent} requests were sent`)] : []),
    '',
    style('dim', `  ${' '.repeat(width)}${['sent', 'answered', 'p50', 'p90', 'p99', 'slowest'].map(cell).join('')}`),
    ...rows,
    '',
    ...(progress.notSent > 0
      ? [style('red', `  ✗ ${progress.notSent} not sent: too many were unanswered already (--in-flight)`)]
      : []),
    style(
      whole ? 'reset' : 'red',
      `  spans: ${spans.expected} expected, ${spans.stored} stored (${spans.traces} traces read back)`,
    ),
    '',
    ...slowest.map(
      ({ latencyMs, scenario, page }) =>
        `  ${ms(latencyMs).padStart(10)}  ${scenario.padEnd(width)}  ${page ?? 'no trace'}`,
    ),
  ].join('\n');
}

function columns(latency: Latencies | null): string[] {
  if (latency === null) return ['–', '–', '–', '–'];
  return [latency.p50, latency.p90, latency.p99, latency.slowest].map(ms);
}

function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(1)} ms`;
}

/** Shows how it stands, at most five times a second. */
function watcher(isShown: boolean) {
  const line = createStatusLine(isShown);
  let last = 0;
  return {
    show({ sent, inFlight }: Progress, answers: readonly Sent[]) {
      const now = performance.now();
      if (now - last < 200) return;
      last = now;
      const recent = percentiles(answers.slice(-500).map(({ latency }) => latency));
      line.show(`${sent} sent, ${inFlight} under way, p50 ${recent ? ms(recent.p50) : '–'}`);
    },
    clear: line.clear,
  };
}

async function siteIsUp(url: string): Promise<void> {
  await fetch(`${url}/healthz`).catch(() => {
    throw new LabError(`The site does not answer at ${url}. Start the lab: npm start`);
  });
}
