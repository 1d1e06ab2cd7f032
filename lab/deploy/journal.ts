// The deployment under way, so that the next process that deploys or starts the lab can undo an interrupted one. Only the process
// that holds the pipeline's lock writes or removes it.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { LabError } from '../cli/command.ts';
import type { DeployPaths } from './paths.ts';

export type Journal = {
  /** The deployment, and the process of its pipeline. */
  id: string;
  pid: number;
  /** What it deploys, and what was served before; null is the working tree. */
  release: string | null;
  previous: string | null;
  /** Whether workers may serve `release` already. */
  isSwitched: boolean;
};

/** The journal of the deployment that is under way or was interrupted; undefined when there is none, or when it cannot be read. */
export function readJournal({ journal }: DeployPaths): Journal | undefined {
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as Journal;
  } catch {
    return undefined;
  }
}

/** Writes the journal in one step. Throws a LabError when its disk is full or read-only. */
export function writeJournal({ journal }: DeployPaths, content: Journal): void {
  const next = `${journal}.next`;
  try {
    writeFileSync(next, JSON.stringify(content));
    renameSync(next, journal);
  } catch (error) {
    rmSync(next, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new LabError(
      `${journal} cannot be written (${code}): free space on its disk, or make it writable, and try again.`,
    );
  }
}

export function removeJournal({ journal }: DeployPaths): void {
  rmSync(journal, { force: true });
}
