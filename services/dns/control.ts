// The private control API: what the lab needs and no client of a real phonebook could ask for.
//
//   POST   /flush     empties the resolver's memory (204)
//   GET    /faults    what is broken on purpose, and what can be
//   PUT    /faults    breaks it: {"slow": {"tatis.test.": 400}, "lost": {"test.": 50}}
//   DELETE /faults    mends everything

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { route } from '../../runtime/control/route.ts';
import { FAULTS, type Faults, type FaultTable, faultSchema } from './faults.ts';

type Controlled = { flush: () => void; faults: Faults; zones: readonly string[]; allowedHosts: string[] };

/** Makes the control server; not yet listening. */
export function createControl({ flush, faults, zones, allowedHosts }: Controlled): Server {
  const told = () => ({ body: { faults: faults.table, known: FAULTS, zones } });
  const set = (table: FaultTable) => {
    faults.set(table);
    return told();
  };
  return createServer(
    [
      route('POST /flush', () => {
        flush();
        return { status: 204 };
      }),
      route('GET /faults', told),
      route('PUT /faults', faultSchema(zones), ({ body }) => set(body)),
      route('DELETE /faults', () => set({})),
    ],
    { hosts: allowedHosts },
  );
}
