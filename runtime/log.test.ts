import { expect, onTestFinished, test, vi } from 'vitest';
import { log } from './log.ts';

test('a line of the log is shown, not obeyed, by a terminal, and is the same JSON', () => {
  const { level } = log;
  log.level = 'info';
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => {
    log.level = level;
    write.mockRestore();
  });
  const url = '/\x1b[2J\u009b2J\x7f\u202e';
  log.info({ url }, 'asked');
  const line = String(write.mock.calls[0]?.[0]);
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(line)).toMatchObject({ url, msg: 'asked' });
});
