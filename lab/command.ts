// How a command of the lab ends: with exit code 0 or 1, and with one clear message instead of a stack trace for all that
// the person who typed it can mend.

import { printable } from '../traces/printable.ts';

/** What a command cannot do, in words for the person who typed it: shown as it is, without a stack trace. */
export class LabError extends Error {}

/** Text of several lines, each safe to show in a terminal. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Runs a command: exit code 0 when it resolves with true, 1 when not, or when it throws what its caller can mend. */
export async function runCommand(command: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await command()) ? 0 : 1;
  } catch (error) {
    const isUsage = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    if (!(error instanceof LabError) && !isUsage) throw error;
    console.error(printableLines((error as Error).message));
    process.exitCode = 1;
  }
}
