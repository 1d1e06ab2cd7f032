import { expect, test, vi } from 'vitest';
import { groupOptions, passSignal, reloadChild, signalGroup, stopChild } from './end-process.ts';

function child(connected = true) {
  return { connected, kill: vi.fn(() => true), send: vi.fn(() => true) };
}

test.each(['linux', 'darwin'] as const)(
  '%s: a child is ended by SIGTERM, reloads on SIGHUP, and gets signals',
  (system) => {
    const it = child();
    stopChild(it, true, system);
    reloadChild(it, system);
    passSignal(it, 'SIGINT', system);
    expect(it.kill.mock.calls).toEqual([['SIGTERM'], ['SIGHUP'], ['SIGINT']]);
    expect(it.send).not.toHaveBeenCalled();
  },
);

test('Windows, where each signal kills: a child is asked over IPC to stop and to reload', () => {
  const it = child();
  stopChild(it, true, 'win32');
  reloadChild(it, 'win32');
  passSignal(it, 'SIGINT', 'win32');
  expect(it.send.mock.calls).toEqual([[{ command: 'stop' }], [{ command: 'reload' }]]);
  expect(it.kill).not.toHaveBeenCalled();
});

test.each([
  ['is still starting', true, false],
  ['has no channel any more', false, true],
])('Windows: a child that %s is killed', (_, connected, handlesMessages) => {
  const it = child(connected);
  stopChild(it, handlesMessages, 'win32');
  expect(it.kill).toHaveBeenCalledExactlyOnceWith();
  expect(it.send).not.toHaveBeenCalled();
});

test('Windows: a program is ended with all that it has started by taskkill, and has no window of its own', () => {
  const run = vi.fn();
  signalGroup(42, 'SIGTERM', 'win32', run);
  expect(run.mock.calls).toEqual([['taskkill', ['/pid', '42', '/t', '/f']]]);
  expect(groupOptions('win32')).toEqual({ detached: false, windowsHide: true });
});

test('elsewhere a process group gets the signal; one that has ended does no harm', () => {
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw new Error('ESRCH');
  });
  signalGroup(42, 'SIGTERM', 'darwin');
  expect(kill.mock.calls).toEqual([[-42, 'SIGTERM']]);
  kill.mockRestore();
});
