// What the lab's store has kept, read from its file.

import { DatabaseSync } from 'node:sqlite';

/** How many spans of `service` are in the store's `file`: in chunks, each a row of length-delimited messages (OTLP, `repeated Span`). */
export function countSpans(file: string, service: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const query = 'SELECT spans FROM chunk WHERE source IN (SELECT no FROM source WHERE service = ?)';
  const chunks = database.prepare(query).iterate(service) as Iterable<{ spans: Uint8Array }>;
  let spans = 0;
  for (const { spans: chunk } of chunks) {
    for (let at = 1; at < chunk.length; at++) {
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = chunk[at++] ?? 0;
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      at += length;
      spans++;
    }
  }
  database.close();
  return spans;
}
