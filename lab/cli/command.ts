// How a command of the lab ends, and with one clear message instead of a stack trace for all that the person who typed it can mend:
//
//   0    done, and all is as it should be
//   1    not so, or what it prints cannot be written (a full disk)
//   130  ended by Ctrl-C
//   141  what reads its output has ended (`| head`): without a word, as programs do that SIGPIPE ends

import { PathError } from '../../runtime/folder.ts';
import { TraceBackendUnavailable } from '../../traces/jaeger.ts';
import { paragraphs } from './screen.ts';

/** What a command cannot do, in words for the person who typed it: shown as it is, without a stack trace. */
export class LabError extends Error {}

export const INTERRUPTED = 130;
const NO_READER = 141;

/** Runs a command, and sets the exit code that it resolves with: itself, or 0 for true and 1 for false, and 1 when it throws what its caller can mend. */
export async function runCommand(command: () => Promise<boolean | number>): Promise<void> {
  watchOutput();
  try {
    const result = await command();
    process.exitCode = typeof result === 'number' ? result : Number(!result);
  } catch (error) {
    const isUsage = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    const isPlain = [LabError, PathError, TraceBackendUnavailable].some((kind) => error instanceof kind);
    if (!isPlain && !isUsage) throw error;
    console.error(paragraphs((error as Error).message, process.stderr));
    process.exitCode = 1;
  }
}

/** Ends the process when what it prints cannot be written. */
export function watchOutput(): void {
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || code === 'EIO') process.exit(NO_READER); // EIO: the terminal is gone
      if (output === process.stdout) console.error(`The output could not be written: ${message}`);
      process.exit(1);
    });
  }
}
