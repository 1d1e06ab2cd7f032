// The contract's entry for one kind of span. Each service's file in this folder lists its own.

import { type AttributeValue, type Span, SpanKind } from '@opentelemetry/api';
import type { ServiceName } from './services.ts';
import type { Stage } from './stages.ts';
import type { StopId } from './stops.ts';

/** The instrumentation scope of the lab's own spans; the contract judges these and no others. */
export const SCOPE = 'waybill';

/** The services that leave spans, by their `service.name`: those of a journey, and those of a deployment. */
export type Service = ServiceName | 'developer' | 'pipeline';

/** When a span is there: always, or by one attribute of its parent. */
export type Presence = 'always' | { attribute: string; in: readonly string[] };

/** A span as it was recorded, as far as the contract tells of it; a reader has more (traces/model.ts). */
export type RecordedSpan = {
  service: string;
  name: string;
  kind: SpanKind;
  /** Milliseconds. */
  duration: number;
  attributes: Values;
  resource: Values;
  /** Their times are ms since 1970. */
  events: readonly { name: string; time: number; attributes: Values }[];
  /** The message of its error ('' without one); null when it did not fail. */
  error: string | null;
};
type Values = Readonly<Record<string, unknown>>;

/** The spans beside a recorded one. */
export type Around = { parent: RecordedSpan | undefined; children: readonly RecordedSpan[] };
/** A sentence about one recorded span. */
export type SentenceOf = (span: RecordedSpan, around: Around) => string;
/**
 * The story's sentence for one recorded span as it begins, and once its last child has ended (of a span without children: once it
 * has ended). '' for none.
 */
export type Story = { before: SentenceOf; after?: SentenceOf };

export type SpanSpec<N extends string = string, A extends string = string, O extends string = string> = {
  service: Service;
  /** The span's name; words in braces are filled in: `ask {zone}`. */
  name: N;
  kind: SpanKind;
  /** The spans it may stand under, as `service name`; `root` where it may open a trace (remote callers included). */
  parents: readonly string[];
  presence: Presence;
  /** Its stop on the map. */
  place: StopId | ((span: RecordedSpan, around: Around) => StopId);
  /** What its time is spent on; of one that does several things, at a moment (ms since 1970). */
  stage: Stage | ((span: RecordedSpan, moment: number) => Stage);
  /** What it does, beside its bar, where its name does not tell; `receiver` is the service of the span below it. */
  title?: (span: RecordedSpan, receiver?: string) => string;
  /** The attributes that tell most of it: the first that it has stands beside its bar. */
  detail: readonly NoInfer<A | O>[];
  /** Who does it, in the sequence, where that is not the service. */
  actor?: (span: RecordedSpan) => string;
  /** Of one that is passed both ways: whether this one is on the way back. Others are on the way there until their last child has ended. */
  returns?: (span: RecordedSpan) => boolean;
  /** Whether this one is where the answer no was decided: nothing is broken, but the request was turned down here. */
  refuses?: (span: RecordedSpan, around: Around) => boolean;
  /** The story's sentence for every such span. */
  sentence: string;
  /** Its sentence for one recorded span; default: `sentence`. */
  story: Story;
  /** Every attribute that it always has, and its meaning. */
  attributes: Readonly<Record<A, string>>;
  /** Attributes that it has in some cases, and in which. */
  sometimes: Readonly<Record<O, string>>;
  /** Names of its events. */
  events: readonly string[];
};

/** What `defineSpan` fills in when a service's file leaves it out. */
type Defaulted = 'kind' | 'presence' | 'sometimes' | 'events' | 'detail' | 'story';

/** Describes one kind of span; kind INTERNAL, always there, without events, unless said otherwise. */
export function defineSpan<const N extends string, const A extends string, const O extends string = never>(
  spec: Omit<SpanSpec<N, A, O>, Defaulted> & Partial<Pick<SpanSpec<N, A, O>, Defaulted>>,
): SpanSpec<N, A, O> {
  const sometimes = {} as Record<O, string>;
  const story = { before: () => spec.sentence };
  return { kind: SpanKind.INTERNAL, presence: 'always', sometimes, events: [], detail: [], story, ...spec };
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

/** Fills a span's name: `ask {zone}` with `{zone: 'test.'}` is `ask test.`. A word that is not given leaves no trace. */
export function spanNameOf(spec: SpanSpec, words: Record<string, string> = {}): string {
  if (!spec.name.includes('{')) return spec.name;
  return spec.name.replaceAll(/\{(\w+)\}/g, (_, word: string) => words[word] ?? '').trim();
}

/** `service name`, by which the contract's files refer to each other's spans. */
export function keyOf(spec: SpanSpec): string {
  return `${spec.service} ${spec.name}`;
}
