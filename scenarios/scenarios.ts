// The scenarios: what a learner can send, and exactly which spans each visit must leave, in the order in which they teach.

import { finding } from './finding.ts';
import { opening } from './opening.ts';
import type { InStory, Scenario, Story } from './scenario.ts';
import { writing } from './writing.ts';

export type { Scenario };

/** Every scenario, story after story. */
export const scenarios: readonly Scenario[] = [...tell(1, finding), ...tell(2, opening), ...tell(3, writing)];

/** The scenario of that name, undefined if there is none. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

function tell(story: Story, told: readonly InStory[]): Scenario[] {
  return told.map((scenario) => ({ ...scenario, story }));
}
