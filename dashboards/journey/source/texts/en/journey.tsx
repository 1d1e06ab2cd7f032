import { number, plural } from '../format.ts';

export const texts = {
  seen: 'seen',
  notSeenYet: 'not seen yet',
  next: 'Next:',
  onItsWay: 'On its way…',
  comparedWithVisit: (visit: number) => `Compared with visit ${number(visit)}:`,
  diagnosis: 'the diagnosis',
  notAsRecorded: 'Not as it was recorded:',
  showAsRecorded: 'Show it as it was recorded',
  linkedFrom: 'Linked from',
  inTrace: (span: string, id: string) => (
    <>
      <bdi>{span}</bdi> in trace {id}
    </>
  ),
  moreLines: (count: number) => `… ${number(count)} more`,
  waitingInQueue: (count: number) => `${number(count)} waiting`,
  mapOfTheJourney: 'Map of the journey',
  yourAppSays: 'Your own program: its framework and its code.',
  yourApp: 'your app',
  openTheAnswer: 'Open the answer',
  openYourRequest: 'Open your letter',
  visited: 'Visited:',
  refusedHere: 'The request was turned down here.',
  failedHere: 'Something failed here.',
  notHere: 'This letter did not come here.',
  andMore: (count: number) => `and ${number(count)} more`,
  visitedStop: (stop: string, times: number, time: string, mark: 'refused' | 'failed' | undefined) =>
    `${stop} (${times === 1 ? '' : `${number(times)} times, `}${time}${mark === undefined ? '' : `, ${mark}`})`,
  sendThroughVisitor: 'Send the same through the visitor',
  beginsAtTheWebServer: (
    <>
      <b>This trace begins at the web server.</b> The request came from a program of yours (a browser, curl), which
      looked up the name and opened the connection without leaving spans.
    </>
  ),
  lookingForTheTrace: 'Looking for the trace',
  labDoesNotAnswer: 'The lab does not answer',
  triesAgain: 'This page tries again every two seconds, and shows the trace as soon as it can.',
  noSuchTrace: 'No such trace',
  noSpansOfTrace: 'There are no spans of the trace',
  sentAMomentAgo: 'Sent a moment ago? It takes half a second to arrive. This page keeps looking, and shows it then.',
  everyAnswerNamesItsTrace: (
    <>
      Every answer of the sites names its trace: in the header <code>traceresponse</code> (<code>curl -i</code> shows
      it), and a link at the foot of each page.
    </>
  ),
  oldTracesAreRemoved: (home: string) => (
    <>
      Old traces are removed when the store is full. The recent ones are on the <a href={home}>home page</a>.
    </>
  ),
  replay: 'Replay',
  stepBackHint: 'Step back (←)',
  stepBack: 'Step back',
  stepOnHint: 'Step on (→)',
  stepOn: 'Step on',
  momentOfTheJourney: 'Moment of the journey',
  speed: 'Speed',
  pause: 'Pause',
  playAgain: 'Play again',
  play: 'Play',
  pressPlay: 'Press play, and watch the letter travel. Choose a stop to see what happened there.',
  bySpace: (label: string) => `${label} (space)`,
  visitsOfThisRun: 'Visits of this run',
  compareWithTheOneBefore: 'compare with the one before',
  visit: (visit: number) => `visit ${number(visit)}`,
  noStory: "No span of this trace is the lab's own, so there is no story to tell.",
  chooseSpan: (time: string, span: string) => `${time}: choose ${span}`,
  postmark: 'WAYBILL · POST',
  otlpSays: 'as OpenTelemetry has it; can be opened here again',
  chromeTrace: 'Chrome trace',
  chromeTraceSays: 'opens in Perfetto (ui.perfetto.dev)',
  mermaidSays: 'the sequence as text',
  htmlFile: 'One HTML file',
  htmlFileSays: 'this journey, to open without the lab',
  compareWith: 'Compare with…',
  sendManyTimes: 'Send it 20 times',
  export: 'Export',
  spans: (count: number) => plural(count, { one: '# span', other: '# spans' }),
  stillArriving: 'still arriving',
  waterfall: 'Waterfall',
  sequence: 'Sequence',
  story: 'Story',
  theJourneyOnTheMap: 'The journey on the map',
  viewsOfTheTrace: 'Views of the trace',
  journeyTitle: (summary: string) => `${summary} · Waybill`,
  whatTookLongest: 'Your guess (only you see it): what took longest?',
  showMe: 'Show me',
  whereTheTimeWent: 'Where the time went',
  whereDidTheTimeGo: (time: string) => `Where did the ${time} go?`,
  guessedRight: 'Your guess is right:',
  guessedWrong: 'Not quite:',
  tookLongest: (stage: string, share: string) => (
    <>
      <b>{stage}</b> took longest, {share} of the time.
    </>
  ),
};
