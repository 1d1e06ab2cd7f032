import { expect, test } from 'vitest';
import { exchange } from './exchange.ts';

test.each(['udp', 'tcp'] as const)(
  'a server whose name cannot be resolved gives no answer over %s',
  async (transport) => {
    const server = { host: 'nowhere.invalid', port: 53 };
    const answer = exchange(Buffer.alloc(12), server, { transport, timeout: 60_000 });
    await expect(answer).rejects.toThrow(/No answer: (ENOTFOUND|EAI_AGAIN)/);
  },
);
