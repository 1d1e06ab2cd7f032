// Holds a lesson's check against the learner's own traces: which visits fit, what is missing and where to look.

import { tracedServices } from '../../otel/contract/services.ts';
import type { TraceSpan } from '../model.ts';
import type { Check, Clause, Condition, Question, SpanPattern, VisitPattern } from './check-language.ts';

/** One trace of the learner's, its spans in any order. */
export type LearnersTrace = { traceId: string; spans: readonly TraceSpan[] };

/** What was found for one visit of the check: the trace that fits, or the nearest and what it lacks. */
export type VisitVerdict = { label: string; traceId: string | null; missing: string[]; nearest: string | null };

/** What was found for one question; `right` is undefined while it is not answered, or there is no trace to hold it against. */
export type AnswerVerdict = { question: string; right: boolean | undefined; where: string };

export type Verdict = { done: boolean; visits: VisitVerdict[]; answers: AnswerVerdict[] };

/**
 * Judges `traces` (those made since the lesson began) and the learner's `answers`, in the order of the questions.
 * `fault`: the hidden fault's id, for a lesson that has one.
 */
export function judgeLesson(
  check: Check,
  traces: readonly LearnersTrace[],
  answers: readonly string[] = [],
  fault?: string,
): Verdict {
  const inOrder = traces.filter(({ spans }) => spans.length > 0).sort((a, b) => startOf(a) - startOf(b));
  const found = assign(check.visits, inOrder);
  const visits = check.visits.map((visit) => verdictOf(visit, found, inOrder));
  const whole = visits.every(({ traceId }) => traceId !== null);
  const judged = check.questions.map((question, index) =>
    judgeAnswer(question, answers[index], whole ? found.get(question.visit) : undefined, fault),
  );
  return { done: whole && judged.every(({ right }) => right === true), visits, answers: judged };
}

/** Gives as many visits as can be a trace of their own, the newest that fit: a learner who tries again means the last one. */
function assign(visits: readonly VisitPattern[], traces: readonly LearnersTrace[]): Map<string, LearnersTrace> {
  const fitting = new Map(visits.map((visit) => [visit, traces.filter((trace) => lacking(visit, trace).length === 0)]));
  let most = new Map<string, LearnersTrace>();
  const choose = (given: typeof most, [visit, ...others]: readonly VisitPattern[]): void => {
    if (given.size > most.size) most = given;
    if (visit === undefined || given.size + others.length + 1 <= most.size) return;
    const earlier = visit.after === null ? undefined : given.get(visit.after);
    const from = earlier === undefined ? 0 : traces.indexOf(earlier) + 1;
    const taken = new Set(given.values());
    for (const trace of fitting.get(visit)?.toReversed() ?? []) {
      if (traces.indexOf(trace) < from || taken.has(trace)) continue;
      choose(new Map(given).set(visit.label, trace), others);
    }
    choose(given, others);
  };
  choose(most, visits);
  return most;
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
      missing.length === 0 ? [`another visit like it${visit.after ? ` after ${visit.after}` : ''}`] : missing.map(say),
    nearest: nearest?.traceId ?? null,
  };
}

function lacking(visit: VisitPattern, { spans }: LearnersTrace): Clause[] {
  return visit.clauses.filter(({ kind, span, operator, number }) => {
    const count = spans.filter((each) => matches(span, each)).length;
    if (kind === 'no') return count > 0;
    if (operator === '=') return count !== number;
    return operator === '>=' ? count < number : count > number;
  });
}

/** A clause in words. */
function say({ kind, span, operator, number }: Clause): string {
  const conditions = span.conditions.map(({ attribute, operator: how, value }) => `${attribute} ${how} ${value}`);
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const service = { '*': 'any service', other: 'a service of your own' }[span.service] ?? span.service;
  const which = `span "${span.name}" of ${service}${where}`;
  if (kind === 'no') return `no ${which} may be there`;
  if (kind === 'has') return `a ${which}`;
  return `${{ '=': 'exactly', '>=': 'at least', '<=': 'at most' }[operator]} ${number} × ${which}`;
}

/** Whether `span` is one of those that `pattern` means. */
export function matches({ service, name, conditions }: SpanPattern, span: TraceSpan): boolean {
  if (service === 'other' ? tracedServices.has(span.service) : service !== '*' && service !== span.service)
    return false;
  return globOf(name).test(span.name) && conditions.every((condition) => holds(condition, span));
}

function globOf(name: string): RegExp {
  return new RegExp(`^${name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
}

function holds({ attribute, operator, value }: Condition, span: TraceSpan): boolean {
  const is = saidBy(span, attribute);
  if (operator === '!=') return is !== value;
  if (is === undefined) return false;
  if (operator === '=') return is === value;
  if (operator === '~') return is.includes(value);
  return operator === '>=' ? Number(is) >= Number(value) : Number(is) <= Number(value);
}

/** What a span says: an attribute of its own or of its resource, or `ms`, `scope`, `error`. */
function saidBy(span: TraceSpan, attribute: string): string | undefined {
  if (attribute === 'ms') return String(span.duration);
  if (attribute === 'scope') return span.scope;
  if (attribute === 'error') return String(span.status === 'error');
  const value = span.attributes[attribute] ?? span.resource[attribute];
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function judgeAnswer(
  question: Question,
  given: string | undefined,
  trace: LearnersTrace | undefined,
  fault: string | undefined,
): AnswerVerdict {
  const where =
    question.kind === 'fault'
      ? 'the spans that are slow, come twice, or are missing'
      : `the span "${question.span.name}" of ${question.span.service}${trace ? ` in trace ${trace.traceId}` : ''}`;
  const right =
    given === undefined || given.trim() === '' || (question.kind !== 'fault' && trace === undefined)
      ? undefined
      : answersOf(question, trace, fault).some((each) => same(given, each));
  return { question: question.text, right, where };
}

/** Every answer that the trace gives: one for each span that is meant. */
function answersOf({ kind, span, detail }: Question, trace: LearnersTrace | undefined, fault?: string): string[] {
  if (kind === 'fault') return fault === undefined ? [] : [fault];
  const spans = (trace?.spans ?? []).filter((each) => matches(span, each));
  if (trace === undefined) return [];
  if (kind === 'count') return [String(spans.length)];
  if (kind === 'ms') return spans.map(({ duration }) => String(duration));
  if (kind === 'events')
    return [String(spans.flatMap(({ events }) => events).filter(({ name }) => name === detail).length)];
  return spans.flatMap((each) => saidBy(each, detail) ?? []);
}

/** Numbers may be rounded (5 %, or half a unit), words be written in any case, and names without their last dot. */
function same(given: string, answer: string): boolean {
  const [a, b] = [given, answer].map((text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/\s*(ms|s|seconds?|times|bytes)$/, '')
      .replace(/(?<=.)\.$/, ''),
  );
  if (a === b || (b?.split(', ').includes(a ?? '') ?? false)) return true;
  const [x, y] = [Number(a), Number(b)];
  return (
    a !== '' &&
    Number.isFinite(x) &&
    Number.isFinite(y) &&
    !Number.isInteger(y) &&
    Math.abs(x - y) <= Math.max(0.5, Math.abs(y) / 20)
  );
}

function startOf({ spans }: LearnersTrace): number {
  return spans.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY);
}
