// A stream that passes on each chunk `ms` later, in the same order, as a long cable does.

import { Duplex } from 'node:stream';

/** How many bytes may be on the way: a sender then waits, as for its TCP window. */
const WINDOW = 4 * 1024 * 1024;

/** One direction of a link with a delay of `ms`. */
export function createLongLink(ms: number): Duplex {
  let onTheWay = 0;
  let resume: (() => void) | undefined;
  const link = new Duplex({
    write(chunk: Buffer, _encoding, done) {
      onTheWay += chunk.length;
      setTimeout(() => {
        onTheWay -= chunk.length;
        link.push(chunk);
        resumeIfRoom();
      }, ms);
      resume = done;
      resumeIfRoom();
    },
    final(done) {
      setTimeout(() => link.push(null), ms); // timers of one duration fire in order: after the last chunk
      done();
    },
    read: () => process.nextTick(resumeIfRoom), // what is read is still counted until then
  });
  function resumeIfRoom(): void {
    if (onTheWay + link.readableLength >= WINDOW) return;
    const proceed = resume;
    resume = undefined;
    proceed?.();
  }
  return link;
}
