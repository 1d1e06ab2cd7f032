// Every knob of the lab as the visitor knows it, kept up to date; what is broken is shown on every view.

import { computed, signal } from '@preact/signals';
import { ask, type Fault, send } from '../api.ts';

export const faults = signal<readonly Fault[] | null>(null);
/** Why they could not be asked for; '' when they could. */
export const faultsProblem = signal('');

/** What is not as it should be. */
export const broken = computed(() => (faults.value ?? []).filter((fault) => fault.value !== fault.default));

const EVERY_MS = 10_000;

/** Asks now. */
export async function askFaults(): Promise<void> {
  try {
    keep(await ask<{ faults: Fault[] }>('/faults'));
  } catch (error) {
    faultsProblem.value = (error as Error).message;
  }
}

/** Sets knobs; `null`: mends all. */
export async function setFaults(values: Record<string, Fault['value']> | null): Promise<void> {
  try {
    const answer = await (values === null
      ? send<{ faults?: Fault[] }>('DELETE', '/faults')
      : send<{ faults?: Fault[] }>('PUT', '/faults', values));
    if (answer.faults) keep({ faults: answer.faults });
    else await askFaults();
  } catch (error) {
    faultsProblem.value = (error as Error).message;
    throw error;
  }
}

/** Asks every ten seconds while the page is seen; returns what ends it. */
export function watchFaults(): () => void {
  void askFaults();
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void askFaults();
  }, EVERY_MS);
  return () => clearInterval(timer);
}

function keep({ faults: list }: { faults: Fault[] }): void {
  faults.value = list;
  faultsProblem.value = '';
}
