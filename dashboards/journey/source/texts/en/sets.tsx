import { number, plural } from '../format.ts';

export const texts = {
  againTitle: (name: string, times: number) => `${name} × ${number(times)} · Waybill`,
  sendingManyTimes: (name: string, times: number) => `Sending ${name} ${number(times)} times`,
  sentManyTimes: (name: string) => (
    <>
      <code>{name}</code>, sent many times
    </>
  ),
  readingTheTraces: 'Reading the traces',
  whereTheDifferenceIs: 'Where the difference is',
  allOfThemFolded: 'All of them, folded',
  differenceSays:
    'Width: mean duration, of the longer side. Red: this step itself takes longer on the right; green: less.',
  foldedSays: 'Width: mean duration. A line below: on the critical path, so a faster step here makes the visit faster.',
  none: 'none',
  ownWorkOfBoth: (step: string, left: string, right: string, change: string) =>
    `${step}: own work ${left} and ${right}, ${change}`,
  ownWork: (step: string, total: string, own: string, critical: string, spans: number) =>
    `${step}: ${total}, own work ${own}, on the critical path ${critical}, ${plural(spans, { one: '# span', other: '# spans' })}`,
  median: 'median',
  share: 'share',
  slowest: 'slowest',
  durationsByStation: 'Durations by station',
  thisTrace: 'this trace',
  slowestFirst: 'Slowest first',
  traces: (count: number) => plural(count, { one: '# trace', other: '# traces' }),
  medianIs: (time: string) => `median ${time}`,
  thisTraceTook: (time: string) => `this trace ${time}`,
  fromTo: (from: string, to: string) => `${from} to ${to}`,
  coldStart: 'cold start: no name cached, a new connection',
  newStart: 'names cached, a new connection',
  warmStart: 'warm start: names cached, the connection is open',
  loadStart: 'sent to the web server directly, at a fixed rate',
  setsTitle: 'Many requests · Waybill',
  stop: 'Stop',
  howOften: 'How often',
  sendAgain: 'Send again',
  firstRound: 'The first round, which is not counted…',
  roundOf: (round: number, all: number) => `${number(round)} of ${number(all)}…`,
  twoSets: (left: string, right: string) => (
    <>
      <code>{left}</code> and <code>{right}</code>
    </>
  ),
  wholeVisit: 'whole visit',
  difference: 'difference',
  interval: '95 % interval',
  distributionsOfBoth: 'Distributions of both',
  nearestToMedians: 'The two traces nearest to the medians',
  leftOf: (name: string) => `${name} (left)`,
  rightOf: (name: string) => `${name} (right)`,
  mediansOfPairs: (pairs: number) => `Medians of ${number(pairs)} pairs`,
  medianOf: (pairs: number) => `median of ${number(pairs)}`,
  allOf: (name: string) => `all of ${name}`,
  mostTakeAtMost: (slowA: string, left: string, slowB: string, right: string) =>
    `90 % take at most ${slowA} (${left}) and ${slowB} (${right})`,
  andMore: (time: string) => `${time} and more`,
};
