// One lab for all files of the project `shared-lab` (vitest.config.ts) that run in the same process. They leave it as it was.

import { type Lab, startLab } from '../lab/fixture.ts';

let starting: Promise<Lab> | undefined;

/** The lab of this process, started by the first file that asks for it, without faults; `output` begins now. It ends with the process. */
export async function sharedLab(): Promise<Lab> {
  // Under npm a lab ends when its parent has ended (lab/runner/parent.ts).
  starting ??= startLab({ npm_lifecycle_event: 'test' });
  const lab = await starting;
  await fetch(`${lab.config.visitorUrl}/faults`, { method: 'DELETE' });
  const before = lab.output().length;
  return { ...lab, output: () => lab.output().slice(before) };
}
