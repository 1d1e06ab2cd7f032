import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploymentSpans, spans as kinds } from '../otel/contract/index.ts';
import { keyOf } from '../otel/contract/spec.ts';
import { saidTooLate, stepsOf } from '../tests/support/traces/replay.ts';
import { toneOf } from './map/tone.ts';
import { spansOf, type TraceSpan, type TracesData } from './model.ts';
import { storyOf } from './story.ts';

const FOLDER = join(import.meta.dirname, '../dashboards/journey/testdata');
const recorded = (name: string): TraceSpan[] =>
  spansOf(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as TracesData);
const names = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

test.each(names)('%s: no sentence of the way there comes after the last child of its span has ended', (name) => {
  expect(saidTooLate(recorded(name))).toEqual([]);
});

test('every span that may have children says something at its end', () => {
  const all = [...kinds, ...deploymentSpans];
  const parents = new Set(all.flatMap(({ parents }) => parents));
  const silent = all.filter((spec) => parents.has(keyOf(spec)) && spec.story.after === undefined);
  expect(silent.map(keyOf)).toEqual([]);
});

test('the way back of the dynamic page, in its order', () => {
  const sentences = storyOf(recorded('dynamic'))
    .filter(({ isBack }) => isBack)
    .map(({ text }) => text);
  expect(sentences.slice(-9)).toEqual([
    expect.stringMatching(/^The page is written/),
    'The view hands the finished page to the framework.',
    'The framework has the page ready.',
    expect.stringMatching(/^app-\d hands the finished page back to the app server\.$/),
    'The app server hands the page back to the web server.',
    'The web server gets the page from the app server.',
    'The web server sends back your website, in another letter (response).',
    'The letter with your website travels back to you.',
    expect.stringMatching(/^Your website has arrived after [\d.]+ ms: 200\.$/),
  ]);
});

test('a router passes on what is sent, which is not always the letter: first it may be a TLS hello', () => {
  const routers = storyOf(recorded('dynamic')).filter(({ node }) => node.span.service === 'router');
  expect(routers.filter(({ text }) => text.includes('letter'))).toEqual([]);
});

test('a replay says every sentence, each once', () => {
  const steps = stepsOf(recorded('dynamic')).map(({ sentences }) => sentences);
  const changes = steps.filter((sentences, index) => sentences !== steps[index - 1]).flat();
  expect(changes.map(({ text }) => text)).toEqual(storyOf(recorded('dynamic')).map(({ text }) => text));
});

test.each([
  ['dynamic', 'good'],
  ['forbidden', 'refused'],
  ['stuck', 'failed'],
  ['nowhere', 'failed'],
])('the answer of %s comes back as %s', (name, tone) => {
  const tones = storyOf(recorded(name)).map(toneOf);
  expect(tones.findLast((each) => each !== undefined)).toBe(tone);
});

test('before an answer exists, the letter has no tone', () => {
  const there = storyOf(recorded('dynamic')).filter(({ isBack }) => !isBack);
  expect(there.map(toneOf)).toEqual(there.map(() => undefined));
});
