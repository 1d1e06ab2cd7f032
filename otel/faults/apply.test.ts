import { expect, test, vi } from 'vitest';
import type { TelemetryFaultName } from './table.ts';

test.each<[chosen: string[], fault: TelemetryFaultName, reason: string | undefined]>([
  [['OTEL_PROPAGATORS'], 'context', 'OTEL_PROPAGATORS is set'],
  [['OTEL_PROPAGATORS'], 'baggage', 'OTEL_PROPAGATORS is set'],
  [['OTEL_PROPAGATORS'], 'ratio', undefined],
  [['OTEL_TRACES_SAMPLER'], 'ratio', 'OTEL_TRACES_SAMPLER is set'],
  [['OTEL_TRACES_SAMPLER'], 'option', undefined],
  [[], 'clock', 'OTEL_TRACES_EXPORTER or OTEL_EXPORTER_OTLP_PROTOCOL is set'],
])('where %j decide, and the exporter is not the lab’s, %s is refused with: %s', async (chosen, fault, reason) => {
  vi.resetModules(); // what faults change is a state of the process
  const { offerFaults, refusalOf } = await import('./apply.ts');
  offerFaults({ exporter: undefined, processor: undefined, chosen, receiver: '' });
  expect(refusalOf(fault)).toEqual(reason && expect.stringContaining(reason));
});
