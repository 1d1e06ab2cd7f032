// The states of a worker as the gateway sees it: state × event → next state. Where nothing stands, the event changes nothing.
// * its health is checked at once.
//
//              assigned  answered  done      failed    disconnected  silent   refused  starting  draining  ready
//   starting                                                                  dead     starting  draining  idle
//   idle       busy                          suspect*  suspect*      suspect  dead     starting  draining
//   busy       busy      busy      idle      suspect*                                  starting  draining
//   suspect                        suspect*  suspect*                         dead     starting  draining  idle
//   draining                                 suspect*                         dead     starting  draining  idle
//   dead                                                             starting          starting  draining  idle

export type State = 'starting' | 'idle' | 'busy' | 'suspect' | 'draining' | 'dead';

export type Event =
  /** It is given a request. */
  | 'assigned'
  /** It has answered one, and has others in hand; or none any more. */
  | 'answered'
  | 'done'
  /** A request has ended otherwise; or it has answered, and closed the connection. */
  | 'failed'
  /** It has closed an idle connection. */
  | 'disconnected'
  /** GET /healthz: no answer in time; no listener, and nothing in hand here. */
  | 'silent'
  | 'refused'
  /** It says that it starts, or that it ends (or was told to end); that it is up, and nothing is in hand. */
  | 'starting'
  | 'draining'
  | 'ready';

export type Transition = { state: State; checkNow?: true };

const to = (state: State): Transition => ({ state });
const doubt: Transition = { state: 'suspect', checkNow: true };
/** As it says itself, whatever it was. */
const says = { starting: to('starting'), draining: to('draining') };

const TRANSITIONS: Record<State, Partial<Record<Event, Transition>>> = {
  starting: { refused: to('dead'), ...says, ready: to('idle') },
  idle: {
    assigned: to('busy'),
    failed: doubt,
    disconnected: doubt,
    silent: to('suspect'),
    refused: to('dead'),
    ...says,
  },
  busy: { assigned: to('busy'), answered: to('busy'), done: to('idle'), failed: doubt, ...says },
  suspect: { done: doubt, failed: doubt, refused: to('dead'), ...says, ready: to('idle') },
  draining: { failed: doubt, refused: to('dead'), ...says, ready: to('idle') },
  dead: { silent: to('starting'), ...says, ready: to('idle') }, // a process listens there again, and is busy reading its site
};

/** What `event` does to a worker in `state`; undefined: nothing. */
export function transition(state: State, event: Event): Transition | undefined {
  return TRANSITIONS[state][event];
}

/** Whether a worker in this state is given requests, or about to be. */
export function isUp(state: State): boolean {
  return state === 'idle' || state === 'busy';
}
