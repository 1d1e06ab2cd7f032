// Compares a lesson's check with the learner's own traces: which visits fit, what is missing and where to look.

import { ATTR_SCENARIO } from '../../otel/contract/names.ts';
import { services, tracedServices } from '../../otel/contract/services.ts';
import { escapePattern } from '../../runtime/escape-pattern.ts';
import { isDatabaseCall, querySummary } from '../conventions.ts';
import type { TraceSpan } from '../model.ts';
import { ownProperty } from '../own-property.ts';
import { isSameAnswer } from './answer.ts';
import type { Check, Clause, Condition, Question, SpanPattern, VisitPattern } from './check-language.ts';

/** One trace of the learner's, its spans in any order. */
export type LearnersTrace = { traceId: string; spans: readonly TraceSpan[] };

/** What was found for one visit of the check: the trace that fits, or the nearest and what it lacks. */
export type VisitVerdict = { label: string; traceId: string | null; missing: string[]; nearest: string | null };

/**
 * What was found for one question. `right` is undefined while it is not answered, or there is no trace to compare with.
 * `wanted`: the form of the answer; `span`: where the answer stands.
 */
export type AnswerVerdict = {
  question: string;
  right: boolean | undefined;
  where: string;
  wanted: string;
  span: { traceId: string; spanId: string } | null;
};

export type Verdict = { done: boolean; visits: VisitVerdict[]; answers: AnswerVerdict[] };

/** How many steps the search for the best assignment may take. */
const MAX_STEPS = 5_000;

/**
 * Judges `traces` (those made since the lesson began) and the learner's `answers`, in the order of the questions.
 * Where several traces fit a visit, the answers may be those of any: they are right if one assignment makes them right.
 * `fault`: the hidden fault's id, for a lesson that has one.
 */
export function judgeLesson(
  check: Check,
  traces: readonly LearnersTrace[],
  answers: readonly string[] = [],
  fault?: string,
): Verdict {
  const inOrder = traces.filter(({ spans }) => spans.length > 0).sort((a, b) => startOf(a) - startOf(b));
  const isRight = (question: Question, index: number, trace: LearnersTrace) =>
    answersOf(question, trace).some((each) => isSameAnswer(answers[index] ?? '', each));
  const found = assign(
    check.visits,
    inOrder,
    (label, trace) =>
      check.questions.filter((question, index) => question.visit === label && isRight(question, index, trace)).length,
  );
  const visits = check.visits.map((visit) => verdictOf(visit, found, inOrder));
  const whole = visits.every(({ traceId }) => traceId !== null);
  const judged = check.questions.map((question, index): AnswerVerdict => {
    const trace = whole ? found.get(question.visit) : undefined;
    const given = answers[index]?.trim() ?? '';
    const base = { question: question.text, where: whereOf(question), wanted: wantedBy(question) };
    if (question.kind === 'fault')
      return { ...base, right: given === '' ? undefined : isSameAnswer(given, fault ?? ''), span: null };
    if (question.kind === 'evidence') {
      return { ...base, right: given === '' ? undefined : isEvidence(check, given, inOrder, fault), span: null };
    }
    const [span] = trace ? matching(question.span, trace.spans) : [];
    return {
      ...base,
      right: given === '' || trace === undefined ? undefined : isRight(question, index, trace),
      span: trace && span ? { traceId: trace.traceId, spanId: span.spanId } : null,
    };
  });
  return { done: whole && judged.every(({ right }) => right === true), visits, answers: judged };
}

/**
 * Gives as many visits as possible a trace of their own: first the assignment under which most answers are right (`scoreOf` counts
 * them), then the one with most visits from one command, then the newest, since a learner who tries again means the last one.
 */
function assign(
  visits: readonly VisitPattern[],
  traces: readonly LearnersTrace[],
  scoreOf: (label: string, trace: LearnersTrace) => number,
): Map<string, LearnersTrace> {
  const runs = runsOf(traces);
  const fitting = visits.map((visit) =>
    traces
      .map((trace, at) => ({ trace, at, score: scoreOf(visit.label, trace) }))
      .filter(({ trace }) => lacking(visit, trace).length === 0)
      .sort((a, b) => b.score - a.score || b.at - a.at),
  );
  const highest = fitting.map((list) => list[0]?.score ?? 0);
  type Candidate = (typeof fitting)[number][number];
  let best: (Candidate | undefined)[] = [];
  let bestValue = -1;
  let steps = 0;
  const rank = (given: readonly (Candidate | undefined)[], rest: number) => {
    const chosen = given.filter((each) => each !== undefined);
    const score =
      chosen.reduce((sum, each) => sum + each.score, 0) + highest.slice(given.length).reduce((a, b) => a + b, 0);
    const together = chosen.filter(
      (each, index) => index > 0 && runs[each.at] === runs[chosen[index - 1]?.at as number],
    );
    return (chosen.length + rest) * 10_000 + score * 100 + together.length + rest;
  };
  const choose = (given: readonly (Candidate | undefined)[]): void => {
    const rest = visits.length - given.length;
    const value = rank(given, rest);
    if (value <= bestValue || ++steps > MAX_STEPS) return;
    const visit = visits[given.length];
    if (visit === undefined) {
      [best, bestValue] = [[...given], value];
      return;
    }
    const earlier = given[visits.findIndex(({ label }) => label === visit.after)]?.at ?? -1;
    const free = (fitting[given.length] ?? []).filter(
      ({ at }) => at > earlier && !given.some((each) => each?.at === at),
    );
    const run = runs[given.findLast((each) => each !== undefined)?.at ?? -1];
    for (const each of [...free.filter(({ at }) => runs[at] === run), ...free.filter(({ at }) => runs[at] !== run)]) {
      choose([...given, each]);
    }
    choose([...given, undefined]);
  };
  choose([]);
  return new Map(
    visits.flatMap(({ label }, index): [string, LearnersTrace][] => {
      const trace = best[index]?.trace;
      return trace ? [[label, trace]] : [];
    }),
  );
}

/** For each trace the number of the command that sent it: visits of one scenario that follow each other are of one command. */
function runsOf(traces: readonly LearnersTrace[]): number[] {
  let run = 0;
  const scenarioOf = ({ spans }: LearnersTrace) =>
    spans.find((span) => span.attributes[ATTR_SCENARIO])?.attributes[ATTR_SCENARIO];
  return traces.map((trace, index) => {
    const before = traces[index - 1];
    const scenario = scenarioOf(trace);
    if (before !== undefined && (scenario === undefined || scenario !== scenarioOf(before))) run++;
    return run;
  });
}

function verdictOf(
  visit: VisitPattern,
  found: ReadonlyMap<string, LearnersTrace>,
  traces: readonly LearnersTrace[],
): VisitVerdict {
  const trace = found.get(visit.label);
  if (trace !== undefined) return { label: visit.label, traceId: trace.traceId, missing: [], nearest: null };
  const earlier = visit.after === null ? undefined : found.get(visit.after);
  const left = traces.slice(earlier === undefined ? 0 : traces.indexOf(earlier) + 1);
  const [nearest] = left
    .map((each) => ({ traceId: each.traceId, missing: lacking(visit, each) }))
    .sort((a, b) => a.missing.length - b.missing.length);
  const missing = nearest === undefined ? visit.clauses : nearest.missing;
  return {
    label: visit.label,
    traceId: null,
    missing:
      missing.length === 0
        ? [`another visit like it${visit.after ? ` after ${visit.after}` : ''}`]
        : missing.map(describeClause),
    nearest: nearest?.traceId ?? null,
  };
}

/** The clauses of `visit` that a trace does not meet. */
export function lacking(visit: VisitPattern, { spans }: Pick<LearnersTrace, 'spans'>): Clause[] {
  return visit.clauses.filter(({ kind, span, operator, number }) => {
    const count = matching(span, spans).length;
    if (kind === 'no') return count > 0;
    if (operator === '=') return count !== number;
    return operator === '>=' ? count < number : count > number;
  });
}

/** A clause in words. */
export function describeClause({ kind, span, operator, number }: Clause): string {
  const conditions = span.conditions.map(({ attribute, operator: how, value }) => `${attribute} ${how} ${value}`);
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const service = { '*': 'any service', other: 'a service of your own' }[span.service] ?? span.service;
  const which = `span "${span.name}" of ${service}${where}`;
  if (kind === 'no') return `no ${which} may be there`;
  if (kind === 'has') return `a ${which}`;
  return `${{ '=': 'exactly', '>=': 'at least', '<=': 'at most' }[operator]} ${number} × ${which}`;
}

/** Those of `spans` that a pattern means. */
export function matching({ service, name, conditions }: SpanPattern, spans: readonly TraceSpan[]): TraceSpan[] {
  const pattern = new RegExp(`^${escapePattern(name).replaceAll('\\*', '.*')}$`, 's');
  // A query may be meant by what it does, too: its span is often called SELECT alone.
  const isNamed = (span: TraceSpan) =>
    pattern.test(span.name) || (isDatabaseCall(span.attributes) && pattern.test(querySummary(span)));
  const start = startOf({ spans });
  return spans.filter(
    (span) =>
      (service === '*' || isOfService(service, span)) &&
      isNamed(span) &&
      conditions.every((condition) => holds(condition, span, start)),
  );
}

/** `app` is the lab's own and the learner's, `other` any program that is not of the lab. */
function isOfService(service: string, span: TraceSpan): boolean {
  const isOther = !tracedServices.has(span.service);
  return service === span.service || ((service === 'other' || service === 'app') && isOther);
}

function holds({ attribute, operator, value }: Condition, span: TraceSpan, start: number): boolean {
  const is = attribute === 'at' ? String(span.start - start) : valueIn(span, attribute);
  if (operator === '!=') return is !== value;
  if (is === undefined) return false;
  if (operator === '=') return is === value;
  if (operator === '~') return is.includes(value);
  return operator === '>=' ? Number(is) >= Number(value) : Number(is) <= Number(value);
}

/** An attribute of a span or of its resource, or `ms`, `scope`, `error`, `events` (how many). */
function valueIn(span: TraceSpan, attribute: string): string | undefined {
  if (attribute === 'ms') return String(span.duration);
  if (attribute === 'scope') return span.scope;
  if (attribute === 'events') return String(span.events.length);
  if (attribute === 'error') return String(span.status === 'error');
  const value = span.attributes[attribute] ?? span.resource[attribute];
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Where the answer stands, with the label that the page shows for the service: `the span "queue" of app server (gateway) in visit A`. */
function whereOf({ kind, span, visit }: Question): string {
  if (kind === 'fault' || kind === 'evidence') return 'the spans that are slow, come twice, or are missing';
  const isMany = span.name.endsWith('*');
  const which = span.name === '*' ? 'all spans' : `the span${isMany ? 's' : ''} "${span.name.replace(/\*$/, '…')}"`;
  const label = ownProperty<{ label: string }>(services, span.service)?.label;
  return `${which}${label === undefined ? '' : ` of ${label} (${span.service})`} in visit ${visit}`;
}

function wantedBy({ kind, detail }: Question): string {
  if (kind === 'fault') return 'the id of a fault, such as dns.slow';
  if (kind === 'evidence') return 'the id of a span, as it stands at the foot of its card';
  if (kind === 'value') return `the value of ${detail}`;
  return kind === 'ms' ? 'a number of milliseconds' : 'a number';
}

/** Whether the span that `given` names (by its id, or an address with `span=`) shows the hidden fault. */
function isEvidence({ evidence }: Check, given: string, traces: readonly LearnersTrace[], fault?: string): boolean {
  const id = /(?:^|span=|\s)([0-9a-f]{16})(?![0-9a-f])/i.exec(given)?.[1]?.toLowerCase();
  const trace = traces.find(({ spans }) => spans.some(({ spanId }) => spanId === id));
  if (trace === undefined) return false;
  const shown = evidence.filter((each) => each.fault === fault).flatMap(({ span }) => matching(span, trace.spans));
  return shown.some(({ spanId }) => spanId === id);
}

/** Every answer that the trace gives: one for each span that is meant. */
function answersOf({ kind, span, detail }: Question, trace: LearnersTrace): string[] {
  const spans = matching(span, trace.spans);
  if (kind === 'count') return [String(spans.length)];
  if (kind === 'ms') return spans.map(({ duration }) => String(duration));
  if (kind === 'events')
    return [String(spans.flatMap(({ events }) => events).filter(({ name }) => name === detail).length)];
  return spans.flatMap((each) => valueIn(each, detail) ?? []);
}

function startOf({ spans }: Pick<LearnersTrace, 'spans'>): number {
  return spans.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY);
}
