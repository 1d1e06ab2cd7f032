// What the doctor says of one thing that it looked at.

export type Finding = {
  /** What was looked at, a few words: `phonebook`, `clock`. */
  about: string;
  /** `broken`: the lab does not work so; `warning`: it does, but not as one would expect. */
  state: 'fine' | 'warning' | 'broken';
  /** What was found, a sentence. */
  message: string;
  /** What to do, for what is not fine. */
  repair?: string;
};

/** Looks at one thing; what it throws counts as broken. */
export type Check<T = unknown> = {
  about: string;
  /** Whether there is nothing to look at while the lab is down. */
  needsLab?: true;
  look: (at: T) => Promise<Omit<Finding, 'about'>>;
};

export const fine = (message: string): Omit<Finding, 'about'> => ({ state: 'fine', message });
export const warning = (message: string, repair: string): Omit<Finding, 'about'> => ({
  state: 'warning',
  message,
  repair,
});
export const broken = (message: string, repair: string): Omit<Finding, 'about'> => ({
  state: 'broken',
  message,
  repair,
});
