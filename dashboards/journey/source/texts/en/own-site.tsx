import type { OwnAppReport } from '../../../../../services/visitor/api.ts';
import { number, plural } from '../format.ts';

export const texts = {
  ownSiteTitle: 'Your own site · Waybill',
  ownSite: 'Your own site behind the web server',
  address: 'Address on this computer',
  requestsAtOnce: 'Requests at once (its workers × threads)',
  putBehind: 'Put it behind the web server',
  takeItOut: 'Take it out',
  startYourSite: (
    <>
      Start your site as usual (Django, Flask, Express, any program that answers HTTP), and give its address. Its
      requests then come through phonebook, post offices, web server and queue, as the site <code>my.test</code>.
    </>
  ),
  fromATerminal: (
    <>
      From a terminal the lab starts your site itself, and with <code>--instrument</code> shows what it does inside:
    </>
  ),
  stateOf: ({ state, url, reason, served, inHand, workers, queue }: OwnAppReport) => (
    <>
      <b class={state === 'up' ? 'good' : 'bad'}>{state === 'up' ? 'Your site answers' : 'Your site is down'}</b> at{' '}
      <code>{url}</code>
      {reason ? `: ${reason}` : '.'} It has answered {number(served)}, works on {number(inHand)} of {number(workers)} at
      once, and {plural(queue, { one: '# waits', other: '# wait' })}.
    </>
  ),
  servedByTheWebServer: (path: string, folder: string) => (
    <>
      The web server itself serves <code>{path}</code> from <code>{folder}</code>.
    </>
  ),
  startedByTheLab: (command: string) => (
    <>
      Started by the lab: <code>{command}</code>
    </>
  ),
  sendTo: (address: string) => `Send ${address}`,
};
