// What the doctor reports of one thing that it checked.

export type Finding = {
  /** What was checked, in a few words: `proxy`, `clock`. */
  about: string;
  /** `failed`: the lab does not work; `warning`: it works, but not as one would expect. */
  state: 'ok' | 'warning' | 'failed';
  message: string;
  /** What to do, for what is not ok. */
  repair?: string;
};

export type Result = Omit<Finding, 'about'>;

export const ok = (message: string): Result => ({ state: 'ok', message });
export const warning = (message: string, repair: string): Result => ({ state: 'warning', message, repair });
export const failed = (message: string, repair: string): Result => ({ state: 'failed', message, repair });
