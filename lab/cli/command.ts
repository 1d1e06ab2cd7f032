// How a command of the lab ends. An error that its user can correct is one message, without a stack trace.
//
//   0    done, and everything is as expected
//   1    not, or its output cannot be written (a full disk)
//   130  ended by Ctrl-C
//   141  the reader of its output has ended (`| head`): without a message, as programs that SIGPIPE ends

import { PathError } from '../../runtime/folder.ts';
import { TraceBackendUnavailable } from '../../traces/jaeger.ts';
import { paragraphs } from './screen.ts';

/** An error that the user of a command can correct: its message is shown without a stack trace. */
export class LabError extends Error {}

export const INTERRUPTED = 130;
const NO_READER = 141;

/** Runs a command and sets the exit code: the number that it resolves with, 0 for true, 1 for false and for an error that its user can correct. */
export async function runCommand(command: () => Promise<boolean | number>): Promise<void> {
  watchOutput();
  try {
    const result = await command();
    process.exitCode = typeof result === 'number' ? result : Number(!result);
  } catch (error) {
    const isPlain = [LabError, PathError, TraceBackendUnavailable].some((kind) => error instanceof kind);
    if (!isPlain) throw error;
    console.error(paragraphs((error as Error).message, process.stderr));
    process.exitCode = 1;
  }
}

/** Ends the process when its output cannot be written. */
export function watchOutput(): void {
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || code === 'EIO') process.exit(NO_READER); // EIO: the terminal is gone
      if (output === process.stdout) console.error(`The output could not be written: ${message}`);
      process.exit(1);
    });
  }
}
