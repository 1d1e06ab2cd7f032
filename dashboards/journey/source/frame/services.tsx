// The services of the lab, each with a colour and a shape, so that nobody needs to see colours to tell them apart.

import type { TraceSpan } from '../../../../traces/model.ts';
import { own } from '../../../../traces/own.ts';

const SHAPES: Record<string, string> = {
  visitor: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z',
  dns: 'M8 .8L15.2 8L8 15.2L.8 8z',
  router: 'M8 1.2L15.4 14.4H.6z',
  proxy: 'M1.8 1.8H14.2V14.2H1.8z',
  gateway: 'M4.4 1.4H11.6L15.4 8L11.6 14.6H4.4L.6 8z',
  app: 'M5.6 1H10.4V5.6H15V10.4H10.4V15H5.6V10.4H1V5.6H5.6z',
  laptop: 'M2.5 2.5H13.5V10.5H2.5zM.5 13H15.5V14.5H.5z',
  pipeline: 'M1 5H9V1.500L15.500 8L9 14.500V11H1z',
  database: 'M1.5 4.2C1.5 .6 14.5 .6 14.5 4.2V11.8C14.5 15.4 1.5 15.4 1.5 11.8z',
};
const OTHER = 'M8 2.5L14 13.5H2zM8 13.5';

/** What each service stands for, for those who hover or listen. */
export const ROLES: Record<string, string> = {
  visitor: 'you and your browser',
  dns: 'the phonebook',
  router: 'post offices',
  proxy: "the web server (nginx's job)",
  gateway: "the app server (gunicorn's job)",
  app: 'a worker: framework and site',
  laptop: 'where the site is changed',
  pipeline: 'the pipeline: from a commit to a release',
  database: 'the database',
};

/** The class that gives an element the service's colour as `--service`. */
export function serviceClass(service: string): string {
  return Object.hasOwn(SHAPES, service) ? `service-${service}` : 'service-other';
}

/** Whose sign a span bears: the database has its own, though the worker's span tells of it. */
export function signOf({ service, attributes }: Pick<TraceSpan, 'service' | 'attributes'>): string {
  return 'db.system.name' in attributes ? 'database' : service;
}

/** The service's sign. */
export function ServiceSign({ service }: { service: string }) {
  return (
    <svg class={`sign ${serviceClass(service)}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={own(SHAPES, service) ?? OTHER} />
    </svg>
  );
}

/** Sign and name. */
export function ServiceName({ service }: { service: string }) {
  return (
    <span class={`service-name ${serviceClass(service)}`} title={own(ROLES, service) ?? service}>
      <ServiceSign service={service} />
      <bdi>{service || '(no name)'}</bdi>
    </span>
  );
}
