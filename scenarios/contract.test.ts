import { expect, test } from 'vitest';
import * as contract from '../otel/contract/index.ts';
import { findSpec, spans } from '../otel/contract/index.ts';
import { keyOf } from '../otel/contract/spec.ts';
import { type Expected, flatten } from '../traces/expected.ts';
import { scenarios } from './scenarios.ts';
import type { ScenarioVisit } from './visits.ts';

const byKey = (key: string) => spans.filter((spec) => keyOf(spec) === key);

test('every span that a service defines is in the list of all', () => {
  const services = Object.values(contract).filter((each) => 'spans' in each);
  const defined = services.flatMap((service) => Object.values(service).filter((each) => 'parents' in each));
  expect(new Set([...spans, ...contract.deploymentSpans])).toEqual(new Set(defined));
});

test('every parent is a span of the contract', () => {
  const unknown = spans.flatMap(({ parents }) => parents).filter((key) => key !== 'root' && byKey(key).length === 0);
  expect(unknown).toEqual([]);
});

test('a span that depends on an attribute depends on one that its parent always has', () => {
  const wrong = spans.flatMap((spec) => {
    const { presence } = spec;
    if (presence === 'always') return [];
    const has = (key: string) => byKey(key).some(({ attributes }) => presence.attribute in attributes);
    return spec.parents.filter((key) => key !== 'root' && !has(key)).map((key) => `${keyOf(spec)} under ${key}`);
  });
  expect(wrong).toEqual([]);
});

test('every span has a sentence of its own', () => {
  const sentences = spans.map(({ sentence }) => sentence);
  expect(new Set(sentences).size).toBe(spans.length);
  expect(sentences.filter((sentence) => !/^[A-Z].*[.?]$/.test(sentence))).toEqual([]);
});

test.each(scenarios)('$name: every span is found again by its service, kind and name', ({ visits }) => {
  const wrong = visits
    .flatMap(tracesOf)
    .flatMap((expected) => flatten(expected).filter(({ spec, name }) => findSpec({ ...spec, name }) !== spec));
  expect(wrong.map(({ spec, name }) => `${spec.service} ${name}`)).toEqual([]);
});

test('every span belongs to a scenario', () => {
  const used = new Set(scenarios.flatMap(({ visits }) => visits.flatMap(tracesOf).flatMap(specsOf)));
  expect(spans.filter((spec) => !used.has(spec)).map(keyOf)).toEqual([]);
});

test.each(scenarios)('$name: every span stands below a parent that the contract allows', ({ visits }) => {
  const wrong = (expected: Expected): string[] =>
    expected.children.flatMap((child) => [
      ...(child.spec.parents.includes(keyOf(expected.spec)) ? [] : [`${child.name} below ${expected.name}`]),
      ...wrong(child),
    ]);
  expect(visits.flatMap(tracesOf).flatMap(wrong)).toEqual([]);
});

test.each(scenarios)('$name: spans that depend on an attribute are there exactly when it says so', ({ visits }) => {
  const wrong = (expected: Expected): string[] => [
    ...spans.flatMap((spec) => {
      if (spec.presence === 'always' || !spec.parents.includes(keyOf(expected.spec))) return [];
      const value = expected.attributes[spec.presence.attribute];
      if (typeof value !== 'string') return [];
      const isThere = expected.children.some((child) => child.spec === spec);
      return isThere === spec.presence.in.includes(value) ? [] : [`${keyOf(spec)} below ${expected.name} (${value})`];
    }),
    ...expected.children.flatMap(wrong),
  ];
  expect(visits.flatMap(tracesOf).flatMap(wrong)).toEqual([]);
});

function tracesOf({ expected, task }: ScenarioVisit): Expected[] {
  return task ? [expected, task] : [expected];
}

function specsOf({ spec, children }: Expected): Expected['spec'][] {
  return [spec, ...children.flatMap(specsOf)];
}
