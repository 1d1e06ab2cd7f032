// The end of a turn of Node's event loop: everything that had arrived has been looked at, and nothing new was read yet.
// What is sent there leaves together, so that a client of many letters, or the process of many clients, is woken once
// for all of them. To wake somebody for each costs a server on a machine of its own more than the sending does.

let waiting: (() => void)[] = [];

/** Does `act` at the end of this turn, after all that was asked for before; outside of any span. */
export function atEndOfTurn(act: () => void): void {
  if (waiting.push(act) === 1) setImmediate(doAll);
}

function doAll(): void {
  const acts = waiting;
  waiting = [];
  for (const act of acts) act();
}
