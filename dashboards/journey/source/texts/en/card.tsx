import type { ComponentChildren } from 'preact';
import { number, plural } from '../format.ts';

export const texts = {
  decoder: 'the decoder of bytes',
  dnsQuestion: 'The question, byte by byte',
  dnsReply: 'The reply, byte by byte',
  requestHead: 'The request, as it was sent',
  responseHead: 'The response, as it was sent',
  proxyHeader: 'The PROXY header, byte by byte',
  clientHello: 'Your hello, byte by byte',
  serverHello: 'The answer to it, byte by byte',
  theChosenStop: 'The chosen stop',
  theStory: 'The story',
  closeTheCard: 'Close the card',
  whatHappened: 'What happened',
  noAttributes: 'This span has no attributes.',
  began: 'began',
  took: 'took',
  ownWork: 'own work',
  waiting: 'waiting',
  inJaeger: 'this span in Jaeger ↗',
  chooseAStop: (span: ComponentChildren) => (
    <>Choose a stop, a row or a sentence to see what happened there. Each stop is a {span}.</>
  ),
  itFailed: (error: string) =>
    error === '' ? (
      <b>It failed.</b>
    ) : (
      <>
        <b>It failed:</b> <bdi>{error}</bdi>
      </>
    ),
  moments: (count: number) => `Moments (${number(count)})`,
  source: (place: string) => (
    <>
      source <code>{place}</code>
    </>
  ),
  spanIs: (id: string) => (
    <>
      span <code>{id}</code>
    </>
  ),
  linked: (id: string) => `linked: ${id}`,
  whoVouchesForWhom: 'Who vouches for whom',
  certificateOf: 'certificate of',
  signedBy: 'signed by',
  from: 'from',
  until: 'until',
  rulesTried: 'The rules, in the order tried',
  patternsTried: 'The list of patterns, from top to bottom',
  routesTried: 'The routes tried',
  triedInOrder: 'Tried, in order',
  byte: 'byte',
  field: 'field',
  says: 'says',
  yourRequest: 'Your letter (request)',
  theAnswer: 'The answer (response)',
  messages: 'Letters',
  close: 'Close',
  headNotInTrace: 'Its head is not in this trace.',
  noAnswerCame: 'No answer came.',
  youWithBrowser: 'you, with your browser',
  you: 'you',
  to: 'to',
  postmark: 'postmark',
  pageNotInTrace: 'A trace does not hold the page itself. Send the request from this page to see it.',
  thePage: 'The page',
  bytes: (count: number) => plural(count, { one: '# byte', other: '# bytes' }),
  port: (port: string) => `port ${port}`,
  /** The language tag by which dates are written. */
  dates: 'en-GB',
  logLines: (count: number) => `Log lines (${number(count)})`,
};
