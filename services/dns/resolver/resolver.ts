// The caching resolver: it answers from its cache, or looks the question up and caches the result. A question that is being looked
// up already waits for that lookup.

import { context } from '@opentelemetry/api';
import { ATTR_NETWORK_TRANSPORT } from '@opentelemetry/semantic-conventions';
import { now } from '../../../otel/clock.ts';
import { dns } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { decodeTraceOption } from '../../../otel/propagation/dns.ts';
import { typeName } from '../../../otel/propagation/dns-numbers.ts';
import { contextWith, endSpan, errorType, failSpan, startSpan } from '../../../otel/span.ts';
import { isWarmUp } from '../../../otel/warm-up.ts';
import { isRecursionDesired } from '../../../runtime/dns/message.ts';
import { log } from '../../../runtime/log.ts';
import { DnsFailure } from '../errors.ts';
import { type Query, questionName } from '../message/query.ts';
import { encodeRecords, writeReply } from '../message/reply.ts';
import { type CacheUse, countReply } from '../metrics.ts';
import { createReceive, type QueryContext, type Receive } from '../protocol.ts';
import { recordText } from '../records.ts';
import { type Cache, type CachedReply, Caches, type Delegation, type LookupResult, minTtl } from './cache.ts';
import { Lookup, type QueryZone } from './lookup.ts';

/** For how many seconds a failure is cached, so that a broken zone is not queried for each query (RFC 9520). */
const FAILURE_TTL = 1;
/** How many lookups may be in progress: each holds a socket. */
const MAX_LOOKUPS = 500;

type ResolveSpan = SpanOf<typeof dns.resolve>;
type ResolveContext = QueryContext & { span: ResolveSpan; began: number };
type InProgress = { done: Promise<{ reply: CachedReply; use: CacheUse }>; span: ResolveSpan };

export class Resolver {
  readonly #caches: Caches;
  readonly #root: Delegation;
  readonly #queryZone: QueryZone;
  readonly #inProgress = new Map<string, InProgress>();

  constructor({ root, queryZone, clock = now }: { root: Delegation; queryZone: QueryZone; clock?: () => number }) {
    this.#caches = new Caches(clock);
    this.#root = root;
    this.#queryZone = queryZone;
  }

  /** Empties every cache. */
  flush(): void {
    this.#caches.clear();
  }

  /** Resolves when the queries in progress are answered. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#inProgress.values()].map(({ done }) => done));
  }

  get receive(): Receive {
    return createReceive({ recursionAvailable: true }, (query, queryContext) => {
      const began = performance.now();
      const cache = this.#caches.named(query.cache);
      const cached = cache.replies.get(query.key);
      const joined = cached ? undefined : this.#inProgress.get(lookupKey(query));
      const span = startSpan(dns.resolve, {
        parent: decodeTraceOption(query.trace),
        ...(joined && { links: [{ context: joined.span.spanContext() }] }),
      });
      const resolve = { ...queryContext, span, began };
      if (cached) return this.#answer(query, cached.value, 'hit', resolve, cached.age);
      if (!isRecursionDesired(query.bytes)) return this.#answer(query, this.#referral(query, cache), 'none', resolve);
      if (!joined && this.#inProgress.size >= MAX_LOOKUPS) {
        const busy = prepare(questionName(query), servfail(new DnsFailure('busy')));
        return this.#answer(query, busy, 'none', resolve);
      }
      const { done } = joined ?? this.#start(query, cache, span);
      done
        .then(({ reply, use }) => this.#answer(query, reply, joined ? 'joined' : use, resolve))
        .catch((error) => log.error({ err: error }, 'a query could not be answered'));
    });
  }

  #start(query: Query, cache: Cache, span: ResolveSpan): InProgress {
    const started = { span, done: context.with(contextWith(span), () => this.#lookUp(query, cache)) };
    this.#inProgress.set(lookupKey(query), started);
    void started.done.finally(() => this.#inProgress.delete(lookupKey(query)));
    return started;
  }

  async #lookUp(query: Query, cache: Cache): Promise<{ reply: CachedReply; use: CacheUse }> {
    const name = questionName(query);
    const lookup = new Lookup(cache, this.#root, this.#queryZone);
    const result = await lookup.find({ name, type: typeName(query.type) }).catch((failure: Error) => {
      if (!(failure instanceof DnsFailure)) log.error({ err: failure, name }, 'a lookup failed');
      return servfail(failure);
    });
    const reply = prepare(name, result);
    cache.replies.set(query.key, reply, reply.ttl);
    const { firstZone } = lookup;
    return { reply, use: firstZone === undefined ? 'hit' : firstZone === '.' ? 'miss' : 'partial' };
  }

  /** Without RD no name server is queried: the reply is a referral to the nearest zone known. */
  #referral(query: Query, cache: Cache): CachedReply {
    const name = questionName(query);
    const { zone, servers } = cache.nearestDelegation(name) ?? this.#root;
    const authorities = servers.map((server) => ({ name: zone, type: 'NS', ttl: 0, data: server.name }));
    return prepare(name, { rcode: 'NOERROR', answers: [], authorities });
  }

  /** Sends `cached`, which was stored `age` seconds ago. */
  #answer(query: Query, cached: CachedReply, use: CacheUse, resolve: ResolveContext, age = 0): void {
    const { name, result, records, texts, ttl } = cached;
    const { span, transport, limit, send, began } = resolve;
    const { rcode, failure } = result;
    const ede = failure instanceof DnsFailure ? failure.ede : undefined;
    const bytes = writeReply(query, { rcode, recursionAvailable: true, records, age, ede }, limit);
    if (span.isRecording()) {
      span.setAttributes({
        [names.ATTR_DNS_QUESTION_NAME]: name,
        [names.ATTR_DNS_QUESTION_TYPE]: typeName(query.type),
        [names.ATTR_DNS_CACHE]: use,
        [names.ATTR_DNS_RESPONSE_CODE]: rcode,
        [names.ATTR_DNS_ANSWERS]: texts,
        [ATTR_NETWORK_TRANSPORT]: transport,
        [names.ATTR_DNS_MESSAGE_QUERY]: query.bytes.toString('hex'),
        [names.ATTR_DNS_MESSAGE_REPLY]: bytes.toString('hex'),
        ...(failure === undefined && { [names.ATTR_DNS_TTL]: Math.max(0, ttl - age) }),
      });
      if (failure) failSpan(span, errorType(failure), failure);
    }
    endSpan(span); // before the client has the reply and ends its span
    send(bytes);
    if (!isWarmUp(span.spanContext())) countReply({ name, rcode, use, transport, ms: performance.now() - began });
  }
}

/** A lookup serves the queries that use the same cache. */
function lookupKey({ cache, key }: Query): string {
  return `${cache} ${key}`;
}

function servfail(failure: Error): LookupResult {
  return { rcode: 'SERVFAIL', answers: [], authorities: [], failure };
}

/** Encodes a result, once for all clients. */
function prepare(name: string, result: LookupResult): CachedReply {
  const { rcode, answers, authorities } = result;
  const ttl = rcode === 'SERVFAIL' ? FAILURE_TTL : minTtl([...answers, ...authorities]);
  const records = encodeRecords(name, { answers, authorities, additionals: [] });
  return { name, result, records, texts: answers.map(recordText), ttl };
}
