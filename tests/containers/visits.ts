// What both kinds of container tests ask of a lab: scenarios, and pages with the worker that rendered them.

import { sendScenario } from '../../lab/cli/send.ts';
import type { LabConfig } from '../../lab/config.ts';
import { findScenario, type Scenario } from '../../scenarios/scenarios.ts';

export type Outcome = { status: number | null; missing: string[]; unexpected: string[] };

/** Sends the visits of the scenario `name`: their statuses, and where their traces are not as its contract says. */
export async function outcomesOf(name: string, config: LabConfig): Promise<Outcome[]> {
  const visits = await sendScenario({ name }, config);
  return visits.map(({ status, missing, unexpected }) => ({ status, missing, unexpected }));
}

/** The outcomes that the contract of the scenario `name` asks for. */
export function expectedOutcomes(name: string): Outcome[] {
  const { visits } = findScenario(name) as Scenario;
  return visits.map(({ status }) => ({ status, missing: [], unexpected: [] }));
}

/** Requests the home page: its status, and the container that rendered it. */
export async function fetchPage({ siteUrl }: LabConfig): Promise<{ status: number; worker: string }> {
  const response = await fetch(`${siteUrl}/`);
  const [, worker = 'none'] = /written by worker <code>([0-9a-f]{12})</.exec(await response.text()) ?? [];
  return { status: response.status, worker };
}
