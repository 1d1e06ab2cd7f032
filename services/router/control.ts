// The private control API, by which a post office can be closed.
//
//   GET  /offices               which are open
//   POST /offices/<name>/close  closes one, as if its house had burnt down: its connections break
//   POST /offices/<name>/open   opens it again: the fix

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { route } from '../../runtime/control/route.ts';
import { Problem } from '../../runtime/http/problem.ts';

/** What can be done with an office. */
export type Door = { readonly isOpen: boolean; open(): Promise<void>; close(): void };

/** Makes the control server over `doors`, by the names of their offices; not yet listening. */
export function createControl(doors: ReadonlyMap<string, Door>, allowedHosts: string[]): Server {
  const told = () => ({
    body: Object.fromEntries([...doors].map(([office, { isOpen }]) => [office, isOpen ? 'open' : 'closed'])),
  });
  const find = (name: string): Door => {
    const door = doors.get(name);
    if (door === undefined) throw new Problem(404, 'no_office', `The offices here are ${[...doors.keys()].join(', ')}`);
    return door;
  };

  return createServer(
    [
      route('GET /offices', told),
      route('POST /offices/:name/close', ({ params }) => {
        find(params.name).close();
        return told();
      }),
      route('POST /offices/:name/open', async ({ params }) => {
        await find(params.name)
          .open()
          .catch((error: Error) => {
            throw new Problem(503, 'cannot_open', error.message);
          });
        return told();
      }),
    ],
    { hosts: allowedHosts },
  );
}
