// How a command of the lab ends: with exit code 0 or 1, and with one clear message instead of a stack trace for all that
// the person who typed it can mend.

import { TracesAway } from '../traces/jaeger.ts';
import { paragraphs } from './screen.ts';

/** What a command cannot do, in words for the person who typed it: shown as it is, without a stack trace. */
export class LabError extends Error {}

/** Runs a command: exit code 0 when it resolves with true, 1 when not, or when it throws what its caller can mend. */
export async function runCommand(command: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await command()) ? 0 : 1;
  } catch (error) {
    const isUsage = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    if (!(error instanceof LabError || error instanceof TracesAway) && !isUsage) throw error;
    console.error(paragraphs((error as Error).message, process.stderr));
    process.exitCode = 1;
  }
}
