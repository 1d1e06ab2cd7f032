import { expect, test } from 'vitest';
import { FORMER_NAMES, findScenario, scenarios } from './scenarios.ts';

test.each([...FORMER_NAMES])('the former name %s finds %s', (former, name) => {
  expect(findScenario(former)).toMatchObject({ name });
});

test('no scenario is listed by a former name', () => {
  expect(scenarios.filter(({ name }) => FORMER_NAMES.has(name))).toEqual([]);
});
