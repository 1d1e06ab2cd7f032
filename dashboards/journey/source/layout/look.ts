// A scenario's "look": its sentences as things to do, each done when a span that it names is chosen.

import type { TraceSpan } from '../../../../traces/model.ts';

export type LookItem = {
  text: string;
  /** Names of spans and attributes that the sentence has in backticks. */
  names: readonly string[];
};

/** The sentences of `look`. */
export function lookItems(look: string): LookItem[] {
  return look.split(/(?<=[.?!])\s+(?=[A-Z`])/).map((text) => ({
    text,
    names: [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }));
}

/** Whether `span` is one that the sentence names: by its name, the first word of it, or an attribute that it has. */
export function isNamedBy({ names }: LookItem, span: Pick<TraceSpan, 'name' | 'attributes'>): boolean {
  return names.some(
    (name) => span.name === name || span.name.startsWith(`${name} `) || span.attributes[name] !== undefined,
  );
}
