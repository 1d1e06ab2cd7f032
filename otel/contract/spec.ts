// What the contract says of one kind of span. Each service's file in this folder lists its own.

import { type AttributeValue, type Span, SpanKind } from '@opentelemetry/api';

/** The instrumentation scope of the lab's own spans; the contract judges these and no others. */
export const SCOPE = 'waybill';

/** The services of the lab, as `service.name` says them. */
export type Service = 'visitor' | 'dns' | 'router' | 'proxy' | 'gateway' | 'app' | 'laptop' | 'pipeline';

/** When a span is there: always, or by one attribute of its parent. */
export type Presence = 'always' | { attribute: string; in: readonly string[] };

export type SpanSpec<N extends string = string, A extends string = string, O extends string = string> = {
  service: Service;
  /** The span's name; words in braces are filled in: `ask {zone}`. */
  name: N;
  kind: SpanKind;
  /** The spans it may stand under, as `service name`; `root` where it may open a trace (remote callers included). */
  parents: readonly string[];
  presence: Presence;
  /** What the letter story says of it. */
  sentence: string;
  /** Every attribute that it always has, and what it says. */
  attributes: Readonly<Record<A, string>>;
  /** Attributes that it has in some cases, and in which. */
  sometimes: Readonly<Record<O, string>>;
  /** Names of its events. */
  events: readonly string[];
};

/** What `defineSpan` fills in when a service's file leaves it out. */
type Defaulted = 'kind' | 'presence' | 'sometimes' | 'events';

/** Describes one kind of span; kind INTERNAL, always there, without events, unless said otherwise. */
export function defineSpan<const N extends string, const A extends string, const O extends string = never>(
  spec: Omit<SpanSpec<N, A, O>, Defaulted> & Partial<Pick<SpanSpec<N, A, O>, Defaulted>>,
): SpanSpec<N, A, O> {
  const sometimes = {} as Record<O, string>;
  return { kind: SpanKind.INTERNAL, presence: 'always', sometimes, events: [], ...spec };
}

/** The attributes that a span may have, by the names that its spec lists. */
export type AttributesOf<S extends SpanSpec> = {
  [name in Extract<keyof S['attributes'] | keyof S['sometimes'], string>]?: AttributeValue;
};

/** A span that takes no other attributes than its spec lists. */
export type SpanOf<S extends SpanSpec> = Omit<Span, 'setAttribute' | 'setAttributes'> & {
  setAttribute(name: keyof AttributesOf<S>, value: AttributeValue): SpanOf<S>;
  setAttributes(attributes: AttributesOf<S>): SpanOf<S>;
};

type Words<N extends string> = N extends `${string}{${infer Word}}${infer Rest}` ? Word | Words<Rest> : never;

/** The words that a span's name needs, `{words: {zone: string}}` for `ask {zone}`; nothing for a fixed name. */
export type NameOf<S extends SpanSpec> = [Words<S['name']>] extends [never]
  ? { words?: never }
  : { words: Record<Words<S['name']>, string> };

/** Names cut at their words: text, word, text … Every span that opens asks. */
const split = new Map<string, string[]>();

/** Fills a span's name: `ask {zone}` with `{zone: 'test.'}` is `ask test.`. A word that is not given leaves no trace. */
export function nameOf(spec: SpanSpec, words: Record<string, string> = {}): string {
  let pieces = split.get(spec.name);
  if (pieces === undefined) {
    pieces = spec.name.split(/\{(\w+)\}/);
    split.set(spec.name, pieces);
  }
  if (pieces.length === 1) return spec.name;
  return pieces
    .map((piece, index) => (index % 2 === 0 ? piece : (words[piece] ?? '')))
    .join('')
    .trim();
}

/** `service name`, by which the contract's files refer to each other's spans. */
export function keyOf(spec: SpanSpec): string {
  return `${spec.service} ${spec.name}`;
}
