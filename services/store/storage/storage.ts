// The interfaces of a storage, one for writing and one for reading. sqlite.ts implements them.

import type { StoredTrace } from './assemble.ts';

export type { StoredTrace } from './assemble.ts';

/** Spans of one export that share trace, resource and scope, as they came over the wire. */
export type Chunk = {
  /** 32 hex digits. */
  traceId: string;
  source: Source;
  /** Each a field `spans` of ScopeSpans, tag and length included; together they are its encoding. */
  spans: Buffer[];
  // What is indexed; times in µs since 1970, rounded outwards.
  operations: Set<Operation>;
  /** When the first and the last of them started. */
  first: number;
  last: number;
  /** How long the shortest and the longest took, in µs. */
  shortest: number;
  longest: number;
};

/** Where spans come from: all of ResourceSpans but its scopeSpans, all of ScopeSpans but its spans, both as bytes. */
export type Source = { service: string; resource: Buffer; scope: Buffer };

/** A span's name and kind. */
export type Operation = { name: string; kind: number };

/** A search's conditions. A trace matches when one of its spans matches all of them. Times in ns since 1970. */
export type Query = {
  service?: string;
  operation?: string;
  from: bigint;
  to: bigint;
  /** In ns. */
  shortest?: bigint;
  longest?: bigint;
  /** As Jaeger reads them: `error`, `span.kind`, `resource.…` and so on, see match.ts. */
  attributes?: Map<string, string>;
  /** Ends the search early. */
  signal?: AbortSignal;
};

export interface TraceWriter {
  /** Stores all chunks or none; when it resolves they survive the end of the process and can be read. */
  write(chunks: Chunk[]): Promise<void>;
}

export interface TraceReader {
  /** The trace of that id (32 hex digits). */
  trace(traceId: string): StoredTrace | undefined;
  /** How many bytes of spans are stored for that id; 0 for none. */
  size(traceId: string): number;
  /** Traces that match `query`, newest first, as they are found. */
  search(query: Query): AsyncIterable<StoredTrace>;
  services(): string[];
  /** By name and kind, each once. */
  operations(service: string): Operation[];
}

export type Storage = TraceWriter & TraceReader & { close(): Promise<void> };
