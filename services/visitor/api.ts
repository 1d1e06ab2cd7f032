// The visitor's API on 8190, as types: what each route takes and answers, all in JSON. openapi.json says the same for
// other languages, and README.md for people. Types only, so that a browser's code can import them too.

import type { Fault } from '../../runtime/control/fault.ts';
import type { Values } from '../../traces/model.ts';

/** What every route answers when it can't do what was asked; the status says it as well. */
export type Problem = { error: { code: string; message: string } };

// ── GET /scenarios ──

export type Scenarios = { scenarios: ScenarioSummary[] };

export type ScenarioSummary = {
  name: string;
  /** A few words. */
  title: string;
  /** Which of the three stories it belongs to: finding the reader, who opens the letter, how the answer is written. */
  story: 1 | 2 | 3;
  /** What happens. */
  sentence: string;
  /** What to look for in its trace. */
  look: string;
  visits: { method: string; url: string; status: number | null }[];
};

// ── POST /scenarios/<name>: one line of JSON (NDJSON) as each visit is done, `end` or `error` last ──

/** `warm`: the visit that a comparison shows. One goes ahead of it, not shown, so that phonebook and caches are warm. */
export type RunRequest = { warm?: boolean };

export type RunLine = VisitLine | { type: 'end'; scenario: string; ok: boolean } | ({ type: 'error' } & Problem);

export type VisitLine = { type: 'visit' } & VisitOutcome;

/** One visit as it went, and what the contract says of its trace. */
export type VisitOutcome = {
  traceId: string;
  method: string;
  url: string;
  /** Null when no response came. */
  status: number | null;
  /** From the first step to the last byte. */
  durationMs: number;
  /** Whether every span that must be there arrived in time. */
  complete: boolean;
  /** What the trace lacks, and what it has that it must not have, a sentence each. */
  missing: string[];
  unexpected: string[];
  /** Spans of other instrumentations. */
  extra: string[];
  services: string[];
  spanCount: number;
  /** The trace's page here, and on Jaeger's own page (null without one). */
  page: string;
  jaeger: string | null;
  /** Whether the answer and the trace are as the contract says. */
  ok: boolean;
  /** What came back, cut at 8,192 characters. */
  preview: Preview | null;
};

export type Preview = { contentType: string; text: string };

// ── POST /visits ──

export type VisitRequest = {
  url: string;
  method?: 'GET' | 'HEAD' | 'POST';
  /** Fields typed into the form of the page that this browser read last; its hidden fields go along. */
  form?: Record<string, string>;
  /** `kept`: over the connection of the visit before, if it is still open. */
  connection?: 'new' | 'kept';
  /** The only version of TLS that is spoken: 1.2 and 1.3 unless it is given. */
  tls?: '1.1' | '1.2' | '1.3';
  /** The phonebook forgets everything first. */
  cold?: boolean;
  /** Whose cookies and connections. */
  browser?: string;
  /** A traceparent: the span that the visit's own is linked to, as that of a deployment. */
  link?: string;
};

export type VisitAnswer = {
  traceId: string;
  durationMs: number;
  /** How the connection came about, or where the visit ended. */
  connection: string;
  status: number | null;
  headers: Record<string, string | string[] | undefined>;
  /** As text, cut at 256 KiB. */
  body: string;
  /** Why no answer came. */
  error: { code: string; message: string } | null;
};

// ── GET /contract ──

export type Contract = { spans: ContractSpan[] };

export type ContractSpan = {
  service: string;
  /** Words in braces are filled in: `ask {zone}`. */
  name: string;
  kind: 'internal' | 'server' | 'client';
  /** The spans it may stand under, as `service name`; `root` where it may open a trace. */
  parents: string[];
  sentence: string;
  /** What each attribute says: those that it always has, and those that it has in some cases. */
  attributes: Record<string, string>;
  sometimes: Record<string, string>;
  events: string[];
};

// ── GET /traces, and each event of GET /live ──

export type Traces = {
  traces: TraceRow[];
  /** Whose lab this is (WAYBILL_LEARNER); null where nobody is named, and there is but one. */
  learner: string | null;
};

/** The parameters of GET /traces; those that are not given do not filter. */
export type TraceFilter = {
  limit?: number | undefined;
  scenario?: string | undefined;
  /** Whose: a name, `*` for everybody's; the lab's own learner's unless it is given. */
  learner?: string | undefined;
  /** A status, or a class of them: 404, 5xx; `none`: no response came. */
  status?: string | undefined;
  /** In ms. */
  minDuration?: number | undefined;
  maxDuration?: number | undefined;
  /** Words that its address, name, scenario or id must contain. */
  q?: string | undefined;
};

/** A trace in a line; null where its spans don't say. */
export type TraceRow = {
  traceId: string;
  /** Service and name of its root. */
  name: string;
  method: string | null;
  url: string | null;
  status: number | null;
  scenario: string | null;
  learner: string | null;
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
  /** Services whose control port does not answer: their faults are not listed. */
  away: string[];
};

export type { Fault, FaultChanges } from '../../runtime/control/fault.ts';

// ── GET and DELETE /lessons ──

export type Lessons = {
  lessons: LessonSummary[];
  /** Files of the folder that are no lessons: the message names the line. */
  mistakes: { file: string; message: string }[];
  /** The lesson that was begun last. */
  current: string | null;
  /** Whether progress outlives the lab. */
  kept: boolean;
};

export type LessonSummary = {
  number: number;
  name: string;
  title: string;
  story: 1 | 2 | 3;
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
  /** Null until it is asked for. */
  hint: string | null;
  /** Null until the lesson is done. */
  saw: string | null;
  next: string | null;
};

// ── POST /lessons/<name or number>/check ──

/** Answers in the order of the questions; '' for one that is left open. */
export type LessonAnswers = { answers?: string[] };

export type LessonVerdict = {
  done: boolean;
  /** For each visit of the check: the trace that fits, or what is missing in the one that is nearest. */
  visits: { label: string; traceId: string | null; missing: string[]; nearest: string | null }[];
  /** `right` is away while a question is not answered, or cannot be judged yet. */
  answers: { question: string; right?: boolean | undefined; where: string }[];
  saw: string | null;
  next: string | null;
};

// ── GET /logs/<traceId> ──

/** `reason`: why there can be none here. */
export type Logs = { logs: LogLine[]; reason?: string };

export type LogLine = {
  /** Milliseconds since 1970. */
  time: number;
  service: string;
  level: string;
  message: string;
  spanId: string | null;
  /** What else the line says. */
  fields: Values;
};
