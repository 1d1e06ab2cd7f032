import { expect, test } from 'vitest';
import type { TraceRow } from '../api.ts';
import { createLive } from './live.ts';
import type { Recent } from './recent.ts';

test('a listener is told of the traces that it wants, and no others', async () => {
  const summaries = async () => ['a', 'b', 'c'].map((traceId) => ({ traceId, spanCount: 1 }));
  const describe = async ({ traceId }: { traceId: string }) => ({ traceId }) as TraceRow;
  const live = createLive({ summaries, describe } as unknown as Recent);
  const gone = new AbortController();
  const told: string[] = [];
  for await (const event of live.listen(gone.signal, ({ traceId }) => traceId !== 'b')) {
    const [, id] = /"traceId":"(\w)"/.exec(event) ?? [];
    if (id) told.push(id);
    if (told.length === 2) gone.abort();
  }
  expect(told.sort()).toEqual(['a', 'c']);
  live.close();
});
