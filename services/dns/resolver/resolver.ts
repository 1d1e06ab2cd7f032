// The caching resolver, what people mean by "the phonebook": it answers from memory, or walks and remembers.
// The same question asked while it is being walked waits for that walk.

import { context } from '@opentelemetry/api';
import { ATTR_NETWORK_TRANSPORT } from '@opentelemetry/semantic-conventions';
import { now } from '../../../otel/clock.ts';
import { dns } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { decodeTraceOption } from '../../../otel/propagation/dns.ts';
import { typeName } from '../../../otel/propagation/dns-numbers.ts';
import { contextWith, endSpan, errorType, failSpan, startSpan } from '../../../otel/span.ts';
import { isRecursionDesired } from '../../../runtime/dns/message.ts';
import { log } from '../../../runtime/log.ts';
import { DnsFailure } from '../errors.ts';
import { nameOf, type Query } from '../message/query.ts';
import { encodeRecords, writeReply } from '../message/reply.ts';
import { countReply } from '../metrics.ts';
import { type QueryContext, type Receive, receiver } from '../protocol.ts';
import { recordText } from '../records.ts';
import { Cache, type CachedReply, type Delegation, type Found, leastTtl } from './cache.ts';
import { type AskZone, Walk } from './walk.ts';

/** For how many seconds a failure is remembered, so that a broken zone is not asked at every turn (RFC 9520). */
const FAILURE_TTL = 1;
/** How many questions may be walked at once: each holds a socket. */
const MAX_WALKS = 500;

type How = 'hit' | 'partial' | 'miss' | 'joined' | 'none';
type Traced = QueryContext & { span: SpanOf<typeof dns.resolve>; began: number };
type Walking = { done: Promise<{ reply: CachedReply; how: How }>; span: SpanOf<typeof dns.resolve> };

export class Resolver {
  readonly #cache: Cache;
  readonly #root: Delegation;
  readonly #ask: AskZone;
  readonly #clock: () => number;
  readonly #walking = new Map<string, Walking>();

  constructor({ root, ask, clock = now }: { root: Delegation; ask: AskZone; clock?: () => number }) {
    this.#cache = new Cache(clock);
    this.#clock = clock;
    this.#root = root;
    this.#ask = ask;
  }

  /** Forgets everything. */
  flush(): void {
    this.#cache.clear();
  }

  /** Resolves when the questions in hand are answered. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#walking.values()].map(({ done }) => done));
  }

  /** What its sockets do with a message. */
  get receive(): Receive {
    return receiver({ recursionAvailable: true }, (query, context) => {
      const began = performance.now();
      const known = this.#cache.replies.get(query.key);
      const joined = known ? undefined : this.#walking.get(query.key);
      const span = startSpan(dns.resolve, {
        parent: decodeTraceOption(query.trace),
        ...(joined && { links: [{ context: joined.span.spanContext() }] }),
      });
      const traced = { ...context, span, began };
      if (known) return this.#answer(query, known, 'hit', traced);
      if (!isRecursionDesired(query.bytes)) return this.#answer(query, this.#unasked(query), 'none', traced);

      if (!joined && this.#walking.size >= MAX_WALKS) return this.#answer(query, this.#busy(query), 'none', traced);
      const { done } = joined ?? this.#start(query, span);
      done
        .then(({ reply, how }) => this.#answer(query, reply, joined ? 'joined' : how, traced))
        .catch((error) => log.error({ err: error }, 'a query could not be answered'));
    });
  }

  #start(query: Query, span: SpanOf<typeof dns.resolve>): Walking {
    const walking: Walking = { span, done: context.with(contextWith(span), () => this.#walk(query)) };
    this.#walking.set(query.key, walking);
    void walking.done.finally(() => this.#walking.delete(query.key));
    return walking;
  }

  async #walk(query: Query): Promise<{ reply: CachedReply; how: How }> {
    const name = nameOf(query);
    const walk = new Walk({ cache: this.#cache, root: this.#root, ask: this.#ask });
    const found = await walk.find({ name, type: typeName(query.type) }).catch((failure: Error): Found => {
      if (!(failure instanceof DnsFailure)) log.error({ err: failure, name }, 'a walk failed');
      return { rcode: 'SERVFAIL', answers: [], authorities: [], failure };
    });
    const reply = this.#prepare(name, found);
    this.#cache.replies.set(query.key, reply, reply.ttl);
    const how = walk.first === undefined ? 'hit' : walk.first === '.' ? 'miss' : 'partial';
    return { reply, how };
  }

  /** Without RD nobody is asked: what is known of whom to ask is the answer. */
  #unasked(query: Query): CachedReply {
    const name = nameOf(query);
    const { zone, servers } = this.#cache.nearest(name) ?? this.#root;
    const authorities = servers.map((server) => ({ name: zone, type: 'NS', ttl: 0, data: server.name }));
    return this.#prepare(name, { rcode: 'NOERROR', answers: [], authorities });
  }

  #busy(query: Query): CachedReply {
    const failure = new DnsFailure('busy');
    return this.#prepare(nameOf(query), { rcode: 'SERVFAIL', answers: [], authorities: [], failure });
  }

  #prepare(name: string, found: Found): CachedReply {
    const ttl = found.rcode === 'SERVFAIL' ? FAILURE_TTL : leastTtl([...found.answers, ...found.authorities]);
    const records = encodeRecords(name, { ...found, additionals: [] });
    return { name, found, records, texts: found.answers.map(recordText), ttl, storedAt: this.#clock() };
  }

  #answer(
    query: Query,
    { name, found, records, texts, ttl, storedAt }: CachedReply,
    how: How,
    { span, transport, limit, send, began }: Traced,
  ): void {
    const { rcode, failure } = found;
    const age = Math.floor((this.#clock() - storedAt) / 1000);
    const ede = failure instanceof DnsFailure ? failure.ede : undefined;
    const bytes = writeReply(query, { rcode, recursionAvailable: true, records, age, ede }, limit);
    if (span.isRecording()) {
      span.setAttributes({
        [names.ATTR_DNS_QUESTION_NAME]: name,
        [names.ATTR_DNS_QUESTION_TYPE]: typeName(query.type),
        [names.ATTR_DNS_CACHE]: how,
        [names.ATTR_DNS_RESPONSE_CODE]: rcode,
        [names.ATTR_DNS_ANSWERS]: texts,
        [ATTR_NETWORK_TRANSPORT]: transport,
        [names.ATTR_DNS_MESSAGE_QUERY]: query.bytes.toString('hex'),
        [names.ATTR_DNS_MESSAGE_REPLY]: bytes.toString('hex'),
        ...(failure === undefined && { [names.ATTR_DNS_TTL]: Math.max(0, ttl - age) }),
      });
      if (failure) failSpan(span, errorType(failure), failure);
    }
    endSpan(span); // before the client has the answer, and its span ends
    send(bytes);
    countReply({ name, rcode, how, transport, ms: performance.now() - began });
  }
}
