import { execPath } from 'node:process';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createRunner, report, TaskFailure } from './tasks.ts';

let screen = '';
beforeEach(() => {
  screen = '';
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    screen += text;
    return true;
  });
  const print = vi.spyOn(process.stdout, 'write').mockImplementation(() => true); // the log
  onTestFinished(() => {
    write.mockRestore();
    print.mockRestore();
  });
});

const never = new AbortController().signal;
const node = (script: string) => ['--input-type=module', '--eval', script];

test('a task is a line on the screen: its name, how long it took, what it did', async () => {
  await createRunner('1', never).task('lint', 'test', () => 'no errors');
  expect(screen).toMatch(/^✓ lint {15}\d+\.\d s {2}no errors\n$/);
});

test('one that fails: its name is the code of the error, and the reason is on the screen', async () => {
  const failing = createRunner('1', never).task('lint', 'test', () => {
    throw new Error('line 1: no\nline 2');
  });
  await expect(failing).rejects.toMatchObject({ code: 'lint', message: 'line 1: no\nline 2' });
  expect(screen).toMatch(/^✗ lint .* line 1: no\n$/);
});

test('after a signal no task begins', async () => {
  const step = vi.fn(() => 'done');
  const runner = createRunner('1', AbortSignal.abort(new Error('ended by SIGINT')));
  await expect(runner.task('lint', 'test', step)).rejects.toThrow('ended by SIGINT');
  expect(step).not.toHaveBeenCalled();
});

test('a signal ends the program of the task under way, and the task ends when the program has', async () => {
  const ended = new AbortController();
  const runner = createRunner('1', ended.signal);
  const task = runner.task('test', 'test', () => {
    const running = runner.command(execPath, node('setInterval(() => {}, 1000)'));
    ended.abort(new Error('ended by SIGINT'));
    return running;
  });
  await expect(task).rejects.toThrow(TaskFailure);
  expect(screen).toContain('ended by SIGINT');
});

test('a program gives what it printed; one that fails, all that it printed', async () => {
  const { command } = createRunner('1', never);
  expect(await command(execPath, node('console.log("a"); console.error("b")'))).toBe('a');
  await expect(command(execPath, node('console.error("wrong"); process.exit(1)'))).rejects.toThrow('wrong');
});

test('a program that is not there is named', async () => {
  await expect(createRunner('1', never).command('/nowhere/program', [])).rejects.toThrow('/nowhere/program');
});

test('no control sequence of a program reaches the screen', () => {
  report('✗ \u001b[2Jcleared');
  expect(screen).not.toContain('\u001b');
});
