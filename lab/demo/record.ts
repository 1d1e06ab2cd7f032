// Records a lab for the page without one (dashboards/journey/source/recordings.ts): every scenario is sent once, and what the page
// would ask for is stored by method and path. Trace ids become those of their scenario and visit: a link outlives the next recording.

import { createHash } from 'node:crypto';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { RunLine, SetLine, TraceRow, Traces } from '../../services/visitor/api.ts';
import { loadLessons } from '../../services/visitor/lessons/load-lessons.ts';
import { readJsonLines } from '../../traces/json-lines.ts';
import { LabError } from '../cli/command.ts';
import { askVisitor, runLines } from '../cli/send.ts';
import type { LabConfig } from '../config.ts';

/** Answers by method and path. */
export type Recording = Record<string, unknown>;

/** The scenario that is sent from each start state as well, for comparisons. */
const STARTED = 'dynamic';
const STARTS = ['cold', 'new', 'warm'];
const MAX_ATTEMPTS = 5;
/** The most rows that the visitor lists at once. */
const MAX_ROWS = 200;

/** Sends `scenarios` through the lab; resolves with the recordings by name. Throws a LabError where one is not as the contract says. */
export async function recordLab(
  config: Pick<LabConfig, 'visitorUrl' | 'lessons'>,
  scenarios: readonly Pick<Scenario, 'name'>[],
): Promise<Map<string, Recording>> {
  const read = async (path: string) => (await askVisitor(config, path)).json();
  const ids = new Map<string, string>();
  const files = new Map<string, Recording>();
  const rows: TraceRow[] = [];

  async function recordTrace(traceId: string, name: string): Promise<Recording> {
    ids.set(traceId, recordedId(name));
    const paths = [`/traces/${traceId}.json`, `/traces/${traceId}/diagnosis`, `/logs/${traceId}`];
    return Object.fromEntries(await Promise.all(paths.map(async (path) => [`GET ${path}`, await read(path)])));
  }

  for (const { name } of scenarios) {
    const lines = await runOf(name, config);
    const file: Recording = { [`POST /scenarios/${name}`]: lines };
    const visits = lines.flatMap((line) => (line.type === 'visit' ? line.traceId : []));
    for (const [index, traceId] of visits.entries())
      Object.assign(file, await recordTrace(traceId, `${name} ${index + 1}`));
    if (name === STARTED) {
      const starts = await Promise.all(STARTS.map(async (start) => [start, await sendFrom(start, config)] as const));
      for (const [start, traceId] of starts) Object.assign(file, await recordTrace(traceId, `${name} ${start}`));
      file.starts = Object.fromEntries(starts);
    }
    const { traces } = (await read(`/traces?scenario=${name}&limit=${MAX_ROWS}`)) as Traces;
    rows.unshift(...traces.filter(({ traceId }) => ids.has(traceId)));
    files.set(name, file);
  }

  const lessons = recordLessons(config.lessons);
  files.set(
    'lessons',
    Object.fromEntries(lessons.map((lesson) => [`GET /lessons/${lesson.name}`, { ...lesson, state: 'begun' }])),
  );
  files.set('index', {
    'GET /scenarios': await read('/scenarios'),
    'GET /traces': { traces: rows },
    'GET /lessons': {
      lessons: lessons.map(({ number, name, title, story, minutes }) => {
        return { number, name, title, story, minutes, state: 'new' };
      }),
    },
  });
  return new Map([...files].map(([name, file]) => [name, renamed(file, ids)]));
}

/** The trace id in recordings of `name`: a scenario and the number of its visit, or its start state. */
export function recordedId(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** Sends a scenario, again where a busy machine has kept it from being as the contract says; resolves with the lines of its run. */
async function runOf(name: string, config: Pick<LabConfig, 'visitorUrl'>): Promise<RunLine[]> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const lines: RunLine[] = [];
    for await (const line of runLines(name, config)) {
      if (line.type === 'error') throw new LabError(`${name}: ${line.error.message}`);
      lines.push(line.type === 'visit' ? { ...line, page: `#/traces/${line.traceId}` } : line);
    }
    if (lines.every((line) => line.type !== 'visit' || line.ok)) return lines;
  }
  throw new LabError(
    `${name} was not as the contract says, ${MAX_ATTEMPTS} times: npm run fire ${name} says what is wrong.`,
  );
}

/** Sends one request of STARTED from the state `start`; resolves with its trace's id. */
async function sendFrom(start: string, config: Pick<LabConfig, 'visitorUrl'>): Promise<string> {
  const body = JSON.stringify({ sides: [{ scenario: STARTED, start }], times: 1 });
  const response = await askVisitor(config, '/sets', { method: 'POST', body });
  let traceId = '';
  for await (const line of readJsonLines<SetLine>(response.body)) {
    if (line.type === 'visit' && line.index === 1) traceId = line.sample?.traceId ?? '';
  }
  if (traceId === '') throw new LabError(`${STARTED} from the state "${start}" left no trace: record again.`);
  return traceId;
}

/** The lessons, each with all its parts: there is no lab that could check them. */
function recordLessons(folder: string) {
  return loadLessons(folder).lessons.map(({ check, ...lesson }) => ({
    ...lesson,
    questions: check.questions.map(({ text }) => text),
  }));
}

/** `recording` with the trace ids that `ids` has; they also stand in texts and bytes of the traces. */
function renamed(recording: Recording, ids: ReadonlyMap<string, string>): Recording {
  const known = new RegExp([...ids.keys()].join('|'), 'g');
  return JSON.parse(JSON.stringify(recording).replaceAll(known, (id) => ids.get(id) as string)) as Recording;
}
