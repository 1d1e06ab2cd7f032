// The faults of the workers' telemetry. A worker has no control port: it learns of them with each health check, so a worker that is
// started again has them before its first request.

import { DEFAULTS, type TelemetryValues } from '../../otel/faults/table.ts';
import { TELEMETRY_HEADER } from '../../otel/propagation/http.ts';

/** What is set for every worker; `changed` resolves when each has it. */
export function createAppTelemetry(changed: () => Promise<unknown>) {
  let values: TelemetryValues = { ...DEFAULTS };
  return {
    values: () => values,
    set: async (changes: Partial<TelemetryValues>) => {
      values = { ...values, ...changes };
      await changed();
    },
    /** The header of a health check. */
    headers: () => ({ [TELEMETRY_HEADER]: JSON.stringify(values) }),
  };
}

export type AppTelemetry = ReturnType<typeof createAppTelemetry>;
