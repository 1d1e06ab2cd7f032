import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Process } from './processes.ts';
import { countEnds } from './restarts.ts';
import { supervise } from './supervisor.ts';

type Life = 'waits' | 'silent' | 'logs' | 'fails' | 'deaf' | 'task' | 'complains';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-supervisor-'));
  writeFileSync(join(folder, 'diary'), '');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});
const diary = () => readFileSync(join(folder, 'diary'), 'utf8').trim().split('\n');

/** The process ids of all that had that name, in order. */
const starts = (name: string) =>
  diary()
    .filter((line) => line.startsWith(`${name} starts`))
    .map((line) => Number(line.split(' ').at(-1)));
const kill = (name: string) => process.kill(starts(name).at(-1) ?? 0, 'SIGKILL');

const withoutWaits: typeof countEnds = (kind) => {
  const ended = countEnds(kind);
  return (wasUp) => (ended(wasUp) === 'give up' ? 'give up' : { wait: 0 });
};

function listed(lives: Record<string, Life>, after: Record<string, string[]> = {}): Process[] {
  return Object.entries(lives).map(([name, life]) => ({
    name,
    service: null,
    entry: 'lab/runner/testdata/process.ts',
    folder: '.',
    options: [],
    environment: { WAYBILL_TEST_LIFE: life, WAYBILL_TEST_DIARY: join(folder, 'diary'), WAYBILL_INSTANCE: name },
    kind: life === 'task' ? 'task' : 'service',
    after: after[name] ?? [],
  }));
}

function startWith(processes: Process[], countEndsOf?: typeof countEnds, readyMs?: number) {
  const report = {
    waiting: vi.fn(),
    ready: vi.fn(),
    ended: vi.fn(),
    back: vi.fn(),
    gaveUp: vi.fn(),
    trouble: vi.fn(),
    reloaded: vi.fn(),
  };
  const logOf = () => ({ output: () => () => {}, close: () => {} });
  const lab = supervise(processes, logOf, report, countEndsOf, readyMs);
  onTestFinished(() => lab.stop());
  return { lab, report };
}

test('a process starts when those that it needs are ready, a task done', async () => {
  const { lab, report } = startWith(
    listed({ app: 'waits', migrate: 'task', store: 'waits' }, { app: ['migrate', 'store'] }),
  );
  await lab.start();
  expect(report.ready.mock.calls.flat().at(-1)).toBe('app');
  expect(diary().at(-1)).toMatch(/^app starts/);
});

test('one that does not come up: the start fails with its words', async () => {
  const { lab } = startWith(listed({ dns: 'fails', proxy: 'waits' }));
  await expect(lab.start()).rejects.toThrow('a first line\nport 80 is taken');
});

test('one that is not ready in time is named as that, beside what the others report', async () => {
  const { lab } = startWith(listed({ proxy: 'silent', store: 'logs' }, { proxy: ['store'] }), undefined, 8000);
  await expect(lab.start()).rejects.toThrow(
    'proxy was not ready within 8 s and was ended.\nstore reports: the disk is full',
  );
});

test('all are ended from front to back', async () => {
  const { lab } = startWith(listed({ visitor: 'waits', proxy: 'waits', store: 'waits' }));
  await lab.start();
  await lab.stop();
  expect(diary().filter((line) => line.endsWith('gets SIGTERM'))).toEqual([
    'visitor gets SIGTERM',
    'proxy gets SIGTERM',
    'store gets SIGTERM',
  ]);
});

test('one that does not end on SIGTERM is killed', async () => {
  const { lab } = startWith(listed({ visitor: 'deaf', store: 'waits' }));
  await lab.start();
  await lab.stop();
  expect(() => process.kill(starts('visitor').at(-1) ?? 0, 0)).toThrow('ESRCH');
});

test('one that ends is restarted, and both are reported', async () => {
  const { lab, report } = startWith(listed({ dns: 'waits', proxy: 'waits' }));
  await lab.start();
  kill('dns');
  await vi.waitFor(() => expect(report.back).toHaveBeenCalledExactlyOnceWith('dns'));
  expect(report.ended).toHaveBeenCalledExactlyOnceWith('dns', 'SIGKILL', 0);
  expect(starts('dns')).toHaveLength(2);
  expect(starts('proxy')).toHaveLength(1);
});

test('one that fails again and again is given up with its last message; the others run on', async () => {
  const processes = listed({ dns: 'waits', proxy: 'waits' });
  const { lab, report } = startWith(processes, withoutWaits);
  await lab.start();
  (processes[0] as Process).environment.WAYBILL_TEST_LIFE = 'fails';
  kill('dns');
  await vi.waitFor(
    () => expect(report.gaveUp).toHaveBeenCalledExactlyOnceWith('dns', 1, 'a first line\nport 80 is taken'),
    15_000,
  );
  expect(report.ended).toHaveBeenCalledTimes(9);
  expect(report.back).not.toHaveBeenCalled();
  expect(starts('proxy')).toHaveLength(1);
});

test('a problem of a running process is reported', async () => {
  const { lab, report } = startWith(listed({ proxy: 'complains' }));
  await lab.start();
  await vi.waitFor(() => expect(report.trouble).toHaveBeenCalledWith('proxy', 'spans could not be delivered'));
});

test('stopped while one waits to be restarted: it is not restarted', async () => {
  const { lab, report } = startWith(listed({ dns: 'waits' }), () => () => ({ wait: 60_000 }));
  await lab.start();
  kill('dns');
  await vi.waitFor(() => expect(report.ended).toHaveBeenCalledWith('dns', 'SIGKILL', 60_000));
  await lab.stop();
  expect(starts('dns')).toHaveLength(1);
});
