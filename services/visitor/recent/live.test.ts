import { expect, test } from 'vitest';
import type { TraceRow } from '../api.ts';
import { createLive } from './live.ts';
import type { Recent } from './recent.ts';

test('a client is sent the traces that match its filter, and no others', async () => {
  const summaries = async () => ['a', 'b', 'c'].map((traceId) => ({ traceId, spanCount: 1 }));
  const describe = async ({ traceId }: { traceId: string }) => ({ traceId }) as TraceRow;
  const live = createLive({ summaries, describe } as unknown as Recent);
  const gone = new AbortController();
  const sent: string[] = [];
  for await (const event of live.listen(gone.signal, ({ traceId }) => traceId !== 'b')) {
    const [, id] = /"traceId":"(\w)"/.exec(event) ?? [];
    if (id) sent.push(id);
    if (sent.length === 2) gone.abort();
  }
  expect(sent.sort()).toEqual(['a', 'c']);
  live.close();
});
