// The visitor's API on 8190, as types: what each route takes and returns, all in JSON. openapi.json describes the same for other
// languages, README.md for people. Types only, so that a browser's code can import them, too.

import type { Fault } from '../../runtime/control/fault.ts';
import type { Evidence, Finding } from '../../traces/diagnosis/finding.ts';
import type { Values } from '../../traces/model.ts';
import type { Measured, SetStart } from '../../traces/statistics/sample.ts';

/** The body of every response with a status from 400 on. */
export type ErrorBody = { error: { code: string; message: string } };

// ── GET /scenarios ──

export type Scenarios = { scenarios: ScenarioSummary[] };

export type ScenarioSummary = {
  name: string;
  /** A few words. */
  title: string;
  /** Which story it belongs to: finding the site, who handles the request, how the response is made. */
  story: 1 | 2 | 3;
  /** What happens. */
  sentence: string;
  /** What to look for in its trace. */
  look: string;
  visits: { method: string; url: string; status: number | null }[];
};

// ── POST /scenarios/<name>: one line of JSON (NDJSON) as each visit is done, `end` or `error` last ──

/** `warm`: reports only the last visit, for a comparison; the scenario is sent once before it, so that caches are warm. */
export type RunRequest = { warm?: boolean };

export type RunLine = VisitLine | { type: 'end'; scenario: string; ok: boolean } | ({ type: 'error' } & ErrorBody);

export type VisitLine = { type: 'visit' } & VisitOutcome;

/** A trace, and how it compares with the contract. */
export type JudgedTrace = {
  traceId: string;
  /** Whether every span that must be there arrived in time. */
  complete: boolean;
  /** Spans that are missing in the trace, and spans that must not be there, a sentence each. */
  missing: string[];
  unexpected: string[];
  /** Spans of other instrumentations. */
  extra: string[];
  services: string[];
  spanCount: number;
  /** The trace's page here, and on Jaeger's own page (null without one). */
  page: string;
  jaeger: string | null;
};

/** The result of one visit, and its trace. */
export type VisitOutcome = JudgedTrace & {
  method: string;
  url: string;
  /** Null when no response came. */
  status: number | null;
  /** From the first step to the last byte. */
  durationMs: number;
  /** Of a visit that leaves work to a background worker: the trace of that work, which links to the visit's. */
  task?: JudgedTrace;
  /** Whether the response and the traces are as expected. */
  ok: boolean;
  /** The response's body, cut at 8,192 characters. */
  preview: Preview | null;
};

export type Preview = { contentType: string; text: string };

// ── POST /sets: one or two scenarios, in turns, many times; a line as each request is done, `end` or `error` last ──

export type StartState = Exclude<SetStart, 'load'>;

/** `visit`: which of the scenario's visits is measured, from 1; the last unless it is given. */
export type SetSide = { scenario: string; visit?: number; start?: StartState };

export type SetRequest = { sides: SetSide[]; times?: number };

/** `index` is 0 for the first round, which is not measured. `sample` is null where the request failed: `failure` says why. */
export type SetLine =
  | { type: 'begin'; sets: string[] }
  | ({ type: 'visit'; side: number } & Measured)
  | { type: 'end' }
  | ({ type: 'error' } & ErrorBody);

// ── GET /sets/<id>.json ──

export type { SampleSet } from '../../traces/statistics/sample.ts';

// ── POST /visits ──

export type VisitRequest = {
  url: string;
  method?: 'GET' | 'HEAD' | 'POST';
  /** Fields typed into a form of the page that this browser read last; the form's hidden fields are added. */
  form?: Record<string, string>;
  /** `kept`: over the connection of an earlier visit, if it is still open. */
  connection?: 'new' | 'kept';
  /** The only version of TLS that is offered; 1.2 and 1.3 unless it is given. */
  tls?: '1.1' | '1.2' | '1.3';
  /** Whether the whole page is loaded, with all that it names. */
  page?: boolean;
  /** Whether the browser first changes to an empty cache of its own at the resolver; it keeps that one. */
  cold?: boolean;
  /** The name of the browser whose cookies and connections are used. */
  browser?: string;
  /** Whether it checks the lab: it is not in the list of recent traces. */
  probe?: boolean;
  /** A traceparent: the span to which the visit's own is linked, such as that of a deployment. */
  link?: string;
};

export type VisitAnswer = {
  traceId: string;
  durationMs: number;
  /** `new`, `kept`, `cached`, or where the visit ended: `unresolved`, `refused`. */
  connection: string;
  status: number | null;
  headers: Record<string, string | string[] | undefined>;
  /** As text, cut at 256 KiB. */
  body: string;
  /** Why there is no response. */
  error: { code: string; message: string } | null;
};

// ── GET /contract ──

export type Contract = { spans: ContractSpan[] };

export type ContractSpan = {
  service: string;
  /** Words in braces are filled in: `ask {zone}`. */
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** The parents that it may have, as `service name`; `root` where it may open a trace. */
  parents: string[];
  sentence: string;
  /** The meaning of each attribute: those that it always has, and those that it has in some cases. */
  attributes: Record<string, string>;
  sometimes: Record<string, string>;
  events: string[];
};

// ── GET /traces, and each event of GET /live ──

export type Traces = {
  traces: TraceRow[];
  /** The learner of this lab (WAYBILL_LEARNER); null where it is not set. */
  learner: string | null;
};

/** The parameters of GET /traces. */
export type TraceFilter = {
  limit?: number | undefined;
  scenario?: string | undefined;
  /** The learner's name, or `*` for all; the lab's own learner unless it is given. */
  learner?: string | undefined;
  /** A status, or a class of them: 404, 5xx; `none`: no response came. */
  status?: string | undefined;
  /** In ms. */
  minDuration?: number | undefined;
  maxDuration?: number | undefined;
  /** Words that its address, name, scenario or id must contain. */
  q?: string | undefined;
};

/** A trace as a row; null for what its spans do not have. */
export type TraceRow = {
  traceId: string;
  /** Service and name of its root. */
  name: string;
  method: string | null;
  url: string | null;
  status: number | null;
  scenario: string | null;
  learner: string | null;
  /** The lesson that the learner was at. */
  lesson: string | null;
  /** Milliseconds since 1970. */
  startTime: number;
  durationMs: number;
  spanCount: number;
  errorCount: number;
  services: string[];
};

// ── GET, PUT, DELETE /faults ──

export type Faults = {
  faults: Fault[];
  /** Services whose control port does not respond: their faults are not listed. */
  unreachable: string[];
};

export type { Fault, FaultChanges } from '../../runtime/control/fault.ts';

// ── GET, PUT, DELETE /app: the learner's own app ──

/** `url`: on this machine; `workers`: how many requests it takes at once; `health`: a path that answers below 400 while it is up. */
export type OwnAppRequest = { url: string; workers?: number; health?: string };

export type OwnAppAnswer = { app: OwnAppReport | null };

export type OwnAppReport = {
  url: string;
  /** The names of its site. */
  sites: string[];
  workers: number;
  health: string | null;
  state: 'up' | 'down';
  /** Why it is not up. */
  reason: string | null;
  /** What to change in the app, a sentence or two; null for nothing. */
  hint: string | null;
  /** The command by which the lab has started it, and its process; null for an app that runs by itself. */
  command: string | null;
  pid: number | null;
  /** The folders that the web server serves itself, and below which path. */
  static: { path: string; folder: string }[];
  /** Requests that wait, are in progress, were answered. */
  queue: number;
  inHand: number;
  served: number;
};

// ── GET and DELETE /lessons ──

export type Lessons = {
  lessons: LessonSummary[];
  /** Files that cannot be parsed; the message names the line. */
  mistakes: { file: string; message: string }[];
  /** The lesson that was begun last. */
  current: string | null;
  /** Whether progress is saved in a file. */
  kept: boolean;
};

export type LessonSummary = {
  number: number;
  name: string;
  title: string;
  story: 1 | 2 | 3 | 4 | 5;
  minutes: number;
  state: 'new' | 'begun' | 'done';
};

// ── GET /lessons/<name or number>, POST …/begin, …/hint ──

/** Texts are Markdown. */
export type LessonPage = LessonSummary & {
  text: string;
  predict: string;
  task: string;
  questions: string[];
  /** Null until it is opened. */
  hint: string | null;
  /** Null until the lesson is done. */
  saw: string | null;
  next: string | null;
};

// ── POST /lessons/<name or number>/check ──

export type LessonVerdict = {
  done: boolean;
  /** For each visit of the check: the trace that matches, or what is missing in the one that is nearest. */
  visits: { label: string; traceId: string | null; missing: string[]; nearest: string | null }[];
  /**
   * `right` is absent while a question is not answered, or cannot be judged yet. `wanted`: the form of the answer; `span`:
   * where it stands, null where no single span has it.
   */
  answers: {
    question: string;
    right?: boolean | undefined;
    where: string;
    wanted: string;
    span: { traceId: string; spanId: string } | null;
  }[];
  saw: string | null;
  next: string | null;
};

// ── GET /traces/<id>/diagnosis ──

/** What is wrong with a trace (no finding when nothing is), and the spans of other traces that link to it. */
export type Diagnosis = { findings: Finding[]; linkedFrom: Evidence[] };

// ── GET /logs/<traceId> ──

/** `reason`: why this visitor cannot have any. */
export type Logs = { logs: LogLine[]; reason?: string };

export type LogLine = {
  /** Milliseconds since 1970. */
  time: number;
  service: string;
  level: string;
  message: string;
  spanId: string | null;
  /** The other fields of the line. */
  fields: Values;
};
