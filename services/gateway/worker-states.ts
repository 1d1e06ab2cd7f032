// The states of a worker as the gateway sees it: state × event → next state. An empty cell: no change.
// *: its health is checked at once.
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
  /** A request is sent to it. */
  | 'assigned'
  /** It has answered a request, and has others in progress; or none. */
  | 'answered'
  | 'done'
  /** A request has failed, or its response closed the connection. */
  | 'failed'
  /** It has closed an idle connection. */
  | 'disconnected'
  /** GET /healthz: no answer in time; no listener, and no request in progress. */
  | 'silent'
  | 'refused'
  /** It reports that it starts; that it ends (or was commanded to); that it is up, with no request in progress. */
  | 'starting'
  | 'draining'
  | 'ready';

export type Transition = { state: State; checkNow?: true };

const to = (state: State): Transition => ({ state });
const markSuspect: Transition = { state: 'suspect', checkNow: true };
/** Reported by the worker itself: from any state. */
const reported = { starting: to('starting'), draining: to('draining') };

const TRANSITIONS: Record<State, Partial<Record<Event, Transition>>> = {
  starting: { refused: to('dead'), ...reported, ready: to('idle') },
  idle: {
    assigned: to('busy'),
    failed: markSuspect,
    disconnected: markSuspect,
    silent: to('suspect'),
    refused: to('dead'),
    ...reported,
  },
  busy: { assigned: to('busy'), answered: to('busy'), done: to('idle'), failed: markSuspect, ...reported },
  suspect: { done: markSuspect, failed: markSuspect, refused: to('dead'), ...reported, ready: to('idle') },
  draining: { failed: markSuspect, refused: to('dead'), ...reported, ready: to('idle') },
  dead: { silent: to('starting'), ...reported, ready: to('idle') }, // a process listens there again, and is busy loading its site
};

/** What `event` does to a worker in `state`; undefined: nothing. */
export function transition(state: State, event: Event): Transition | undefined {
  return TRANSITIONS[state][event];
}

/** Whether a worker in this state is given requests, or has some in progress. */
export function isUp(state: State): boolean {
  return state === 'idle' || state === 'busy';
}
