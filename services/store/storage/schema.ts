// The tables of traces.db. A trace's spans lie in chunks; a search reads the index of chunks from its newest row on and opens
// only the traces that have one which may fit.
//
//   trace                     chunk                                  source
//   no   1 ◄── no >> 24 ──── no       16777216                      no        4
//   id   4bf92f35…           source   4 ──────────────────────────► service   proxy
//   arrived (ms)             spans    (OTLP bytes, as they came)    resource, scope (OTLP bytes)
//                            filed    spans of the trace up to here newest    the last chunk of its last transaction
//   operation                last     the start of its last span
//   no       7  ◄── bit ──── names    1 << 7 | …                     (times in µs, rounded outwards)
//   service  proxy           spread   µs from the start of its first span to `last`
//   name     GET             shortest, longest   in µs
//   kind     2
//   newest   the last chunk of its last transaction
//
// Every index is one more row to write, so there are two: trace by id, and chunk_last. A chunk's number says its trace, in
// the order of arrival. `names` has a bit for each operation (31 of them, then they share): what has not the bit of the
// operation that is looked for has not the operation.

/** Of the schema below; a file with another one was written by another Waybill. */
export const SCHEMA_VERSION = 4;

/** Marks the file as ours: "wayb". */
export const APPLICATION_ID = 0x77617962;

/** Chunks of trace n are numbered from n * CHUNKS on: room for 2^29 traces of 2^24 chunks. */
export const CHUNKS = 2 ** 24;

/** So many bytes of the name of a service or an operation are indexed and listed; the spans have all of it. */
export const INDEXED_BYTES = 1024;

/** How many bits `names` has. */
export const NAME_BITS = 31;

export const SCHEMA = `
  create table trace (no integer primary key, id blob not null unique, arrived integer not null);
  create table source (
    no integer primary key, service text not null, resource blob not null, scope blob not null,
    newest integer not null default 0,
    unique (resource, scope)
  );
  create table operation (
    no integer primary key, service text not null, name text not null, kind integer not null,
    newest integer not null default 0,
    unique (service, name, kind)
  );
  create index operation_name on operation (name);
  create table chunk (
    no integer primary key, source integer not null, filed integer not null,
    last integer not null, spread integer not null, shortest integer not null, longest integer not null,
    names integer not null, spans blob not null
  );
  create index chunk_last on chunk (last, no, source, spread, shortest, longest, names);
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${SCHEMA_VERSION};
`;
