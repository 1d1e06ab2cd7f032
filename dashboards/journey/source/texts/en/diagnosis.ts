import { plural } from '../format.ts';

export const texts = {
  clocksAreSet: 'With the difference of the clocks taken out.',
  whatIsWrong: 'What is wrong with this trace',
  setClocks: 'Take the difference of the clocks out',
  whatIsThat: 'What is that?',
  toMendIt: 'To mend it:',
  showBothAsOne: 'Show both as one',
  openTheOtherTrace: 'Open the other trace',
  asOneWith: (id: string) => `As one with trace ${id}.`,
  spansShowIt: (count: number) => plural(count, { one: '# span shows it', other: '# spans show it' }),
  since: (time: string, after: string) => `Since ${time} (${after} from the start of the trace).`,
};
