// What a scenario is: one or more visits in order, each one request and one trace, and what it teaches.

import type { FaultChanges } from '../runtime/control/fault.ts';
import type { ScenarioVisit } from './visits.ts';

export type Scenario = {
  name: string;
  /** A few words. */
  title: string;
  /** Which of the three stories it belongs to. */
  story: Story;
  /** What happens. */
  sentence: string;
  /** What to look for in its trace. */
  look: string;
  visits: ScenarioVisit[];
  /** Set before the first visit, and reset after the last: see `npm run faults`. */
  faults?: FaultChanges;
  /** Whether all workers are replaced, one after another, from the second visit on. */
  reload?: true;
};

export type Story = 1 | 2 | 3;

/** A scenario as it stands in its story's file. */
export type InStory = Omit<Scenario, 'story'>;

export const TATIS = 'http://tatis.test';
export const TATIS_HTTPS = 'https://tatis.test';
export const HTTPS_ONLY = 'sealed.tatis.test';
export const DJANGO_GIRLS = 'http://djangogirls.test';
