// The faults of the lab, kept up to date; those that are set are shown on every view.

import { computed, signal } from '@preact/signals';
import { type Fault, fetchJson, sendJson } from '../api.ts';
import { whileVisible } from '../frame/screen.ts';

export const faults = signal<readonly Fault[] | null>(null);
/** Why they could not be fetched; '' when they could. */
export const faultsProblem = signal('');

/** The faults that are set. */
export const broken = computed(() => (faults.value ?? []).filter((fault) => fault.value !== fault.default));

const EVERY_MS = 10_000;

/** Its title; of a fault that several services have, with the service. */
export function nameOf({ title, group, service }: Fault): string {
  return group === undefined ? title : `${title} (${service})`;
}

/** Fetches them now. */
export async function loadFaults(): Promise<void> {
  try {
    keep(await fetchJson<{ faults: Fault[] }>('/faults'));
  } catch (error) {
    faultsProblem.value = (error as Error).message;
  }
}

/** Sets faults; `null`: repairs all. */
export async function setFaults(values: Record<string, Fault['value']> | null): Promise<void> {
  try {
    const answer = await (values === null
      ? sendJson<{ faults?: Fault[] }>('DELETE', '/faults')
      : sendJson<{ faults?: Fault[] }>('PUT', '/faults', values));
    if (answer.faults) keep({ faults: answer.faults });
    else await loadFaults();
  } catch (error) {
    faultsProblem.value = (error as Error).message;
    throw error;
  }
}

/** Fetches them every ten seconds while the page is visible; returns a function that ends it. */
export function watchFaults(): () => void {
  void loadFaults();
  return whileVisible(loadFaults, EVERY_MS);
}

function keep({ faults: list }: { faults: Fault[] }): void {
  faults.value = list;
  faultsProblem.value = '';
}
