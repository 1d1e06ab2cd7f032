import { number, plural } from '../format.ts';

export const texts = {
  staticBesideDynamic: 'static beside dynamic',
  staticBesideDynamicSays: 'A static file, and a page that is made for each request.',
  coldBesideWarm: 'cold beside warm',
  coldBesideWarmSays: 'The same page: the name looked up from the root down, and taken from the cache.',
  newBesideKept: 'new beside kept connection',
  newBesideKeptSays: 'The same page again over the connection that is still open.',
  manyQueriesBesideOne: 'one query each, and one for all',
  manyQueriesBesideOneSays: 'The same list of jobs, by many database queries and by one.',
  firstLoadBesideSecond: 'a page the first time, and again',
  firstLoadBesideSecondSays: 'A page with all its files: with an empty cache, and with what the browser has kept.',
  twoReaders: 'one address, two readers',
  twoReadersSays: 'The letter for the one who is signed in: first Ola, then Mara.',
  yesBesideNo: 'a day of Yes beside a day of No',
  yesBesideNoSays: 'The same view, query and template; the rows in the database decide what the page says.',
  warmStart: 'warm: connection open',
  newStart: 'new connection, names in the cache',
  coldStart: 'cold: no name in the cache',
  twoJourneys: 'Two journeys beside each other',
  onTheirWay: 'On their way…',
  anyTwo: 'Any two:',
  leftSide: 'Left',
  rightSide: 'Right',
  startSide: 'Start',
  howOften: 'How often',
  sendBoth: 'Send both',
  compareItWith: 'Compare it with',
  orOneSentBefore: 'Or of those sent before',
  chooseTheOther: 'Choose the other one.',
  chooseTheFirst: 'Choose the first; then the other.',
  once: 'once',
  inTurns: (times: number) => `× ${number(times)}, in turns`,
  twoJourneysTitle: 'Two journeys beside each other · Waybill',
  oneNotFound: 'One of the two traces was not found',
  chooseOthers: 'Choose others',
  lookingForBothTraces: 'Looking for both traces',
  noSpansOf: (id: string) => (
    <>
      There are no spans of <code>{id}</code>. This page keeps looking.
    </>
  ),
  swapLeftAndRight: 'Swap left and right',
  whereTheTimeWent: 'Where the time of both went',
  onTheMap: 'Both journeys on the map',
  leftMap: 'Map of the left journey',
  rightMap: 'Map of the right journey',
  stationByStation: 'Station by station',
  timesOfBoth: 'Times of both',
  stage: 'stage',
  left: 'left',
  right: 'right',
  difference: 'difference',
  bars: 'bars',
  spans: (count: number) => plural(count, { one: '# span.', other: '# spans.' }),
  stationsOfBoth: 'Stations of both',
  station: 'station',
  bar: 'bar',
  onlyLeft: 'only left',
  onlyRight: 'only right',
  stationsOf: (both: number, only: { left: number; right: number }) => (
    <>
      {plural(both, { one: '# station', other: '# stations' })} of both;{' '}
      <span class="only-left-word">{number(only.left)} only left</span>,{' '}
      <span class="only-right-word">{number(only.right)} only right</span>.
    </>
  ),
  stationsLeftOut: (count: number) => plural(count, { one: '# more is left out.', other: '# more are left out.' }),
};
