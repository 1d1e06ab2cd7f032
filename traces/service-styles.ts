// The colours of services as a style sheet, for the journey page and the plain one: a class a service, distinct with any kind of
// colour vision. Services that are not the lab's get one of a few more, in the order in which they are first shown.

import { displays } from '../otel/contract/services.ts';

/** In light, and in dark mode. */
const OTHERS = [
  ['#5a6270', '#a5adb9'],
  ['#8a3b12', '#f39b6d'],
  ['#00696b', '#4fd0d2'],
  ['#7a2fa0', '#d39bf5'],
  ['#4d6b00', '#b3d14e'],
  ['#9c1f4f', '#ff93b6'],
  ['#005b99', '#7fbfff'],
  ['#6b5340', '#cfb59d'],
] as const;

const indexes = new Map<string, number>();

/** The class that gives an element the service's colour as `--service`. */
export function serviceClass(service: string): string {
  if (Object.hasOwn(displays, service)) return `service-${service}`;
  const index = indexes.get(service) ?? indexes.size;
  indexes.set(service, index);
  return `service-other-${index % OTHERS.length}`;
}

/** The rules: `--c-<name>` for each colour, and a class that has it as `--service`. */
export function serviceStyles(): string {
  const known = Object.entries(displays).map(([name, { colour }]) => [name, colour.light, colour.dark] as const);
  const others = OTHERS.map(([light, dark], index) => [`other-${index}`, light, dark] as const);
  const colours = [...known, ...others];
  const variables = colours.map(([name, light, dark]) => `--c-${name}:light-dark(${light},${dark})`);
  const classes = colours.map(([name]) => `.service-${name}{--service:var(--c-${name})}`);
  return `:root{${variables.join(';')};--c-other:var(--c-other-0)}\n${classes.join('\n')}\n`;
}
