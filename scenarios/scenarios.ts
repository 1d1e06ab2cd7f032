// The scenarios: what a learner can send, and exactly which spans each visit must leave, in the order in which they teach.

import { caching } from './caching.ts';
import { finding } from './finding.ts';
import { opening } from './opening.ts';
import type { InStory, Scenario, Story } from './scenario.ts';
import { writing } from './writing.ts';

export type { Scenario };

/** Every scenario, story after story. */
export const scenarios: readonly Scenario[] = [
  ...ofStory(1, finding),
  ...ofStory(2, [...opening, ...caching]),
  ...ofStory(3, writing),
];

/** Names of earlier versions, which work until 1.0. */
export const FORMER_NAMES: ReadonlyMap<string, string> = new Map([
  ['again', 'keep-alive'],
  ['sealed', 'https'],
  ['sealed-again', 'tls-resumption'],
  ['old-version', 'tls-version'],
  ['wrong-door', 'plain-http-on-tls-port'],
  ['island', 'rerouted'],
  ['crowd', 'queueing'],
  ['mine', 'signed-in-letter'],
]);

/** The name of a scenario as it is now; any other name as it is. */
export function currentName(name: string): string {
  return FORMER_NAMES.get(name) ?? name;
}

/** The scenario of that name, or of that former name; undefined if there is none. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === currentName(name));
}

function ofStory(story: Story, listed: readonly InStory[]): Scenario[] {
  return listed.map((scenario) => ({ ...scenario, story }));
}
