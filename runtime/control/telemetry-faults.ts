// The faults of a service's telemetry (otel/faults), beside its own at its control port: `dns.telemetry.exports`.

import { canHaveFaults, refusalOf, setTelemetryFaults, telemetryValues } from '../../otel/faults/apply.ts';
import { type TelemetryValues, telemetryFaultsOf } from '../../otel/faults/table.ts';
import type { FaultDefinition } from './faults.ts';

/** Where they are set: in this process, unless in others that it controls. */
type Target = { values: () => Readonly<TelemetryValues>; set: (changes: Partial<TelemetryValues>) => Promise<void> };

const HERE: Target = { values: telemetryValues, set: setTelemetryFaults };

/** The faults of the telemetry of `service`; none in a process that records no spans. */
export function telemetryFaults(service: string, { values, set }: Target = HERE): FaultDefinition[] {
  if (!canHaveFaults()) return [];
  return telemetryFaultsOf(service).map(([name, { services: _, ...fault }]) => ({
    ...fault,
    name: `telemetry.${name}`,
    service,
    group: 'telemetry',
    get: () => values()[name],
    set: (value: never) => set({ [name]: value }),
    refusal: () => refusalOf(name),
  }));
}
