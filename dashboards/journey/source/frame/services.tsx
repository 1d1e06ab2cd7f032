// A service's sign and name. Each has a colour and a shape, so that they can be distinguished without colours.

import { texts } from '#texts/frame.tsx';
import { labelOf } from '../../../../otel/contract/phrases.ts';
import { displays } from '../../../../otel/contract/services.ts';
import { isDatabaseCall } from '../../../../traces/conventions.ts';
import type { TraceSpan } from '../../../../traces/model.ts';
import { ownProperty } from '../../../../traces/own-property.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';

const OTHER = 'M8 2.5L14 13.5H2z';

/** What a service stands for, for tooltips; its name where it is not the lab's. */
export function roleOf(service: string): string {
  return ownProperty(displays, service)?.role ?? service;
}

/** The service whose sign a span has: a database call, though recorded by the worker, has the database's. */
export function signOf({ service, attributes }: Pick<TraceSpan, 'service' | 'attributes'>): string {
  return isDatabaseCall(attributes) ? 'database' : service;
}

/** The service's sign. */
export function ServiceSign({ service }: { service: string }) {
  return (
    <svg class={`sign ${serviceClass(service)}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={ownProperty(displays, service)?.sign ?? OTHER} />
    </svg>
  );
}

/** Sign and name, as on the map. */
export function ServiceName({ service }: { service: string }) {
  return (
    <span class={`service-name ${serviceClass(service)}`} title={`${service}: ${roleOf(service)}`}>
      <ServiceSign service={service} />
      <bdi>{labelOf(service) || texts.noName}</bdi>
    </span>
  );
}
