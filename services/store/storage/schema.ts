// The tables of traces.db. A trace's spans lie in chunks; a search reads `seen` from its newest row on and opens only
// the traces whose row says that they may fit.
//
//   trace                     chunk                               source
//   no   1 ◄── no >> 24 ──── no     16777216                      no        4
//   id   4bf92f35…           source 4 ──────────────────────────► service   proxy
//   arrived (ms)             spans  (OTLP bytes, as they came)    resource, scope (OTLP bytes)
//                                                                 newest    the last chunk that has it
//
//   label                                       seen   one row for each label of each chunk
//   no  service  name             kind          label  last              trace  first             shortest  longest
//   1   ''       ''               -1   any      1      1795218416492803  1      1795218415777699  49        715105
//   2   proxy    ''               -1   service  2      1795218416309749  1      …
//   3   proxy    GET              2    span     3      1795218416309749  1      …     (µs, rounded outwards)
//
// Every row of an index is one more to write, so there are few: trace by id, and the tables themselves. A chunk's number
// says its trace, in the order of arrival. `seen` is itself an index: label, last descending, trace; its rows may outlive
// their trace for a while (eviction.ts), and a search passes over them.

/** Of the schema below; a file with another one was written by another Waybill. */
export const SCHEMA_VERSION = 2;

/** Marks the file as ours: "wayb". */
export const APPLICATION_ID = 0x77617962;

/** The kind in a label that stands for a service as a whole, or for anything. */
export const NO_KIND = -1;

/** Chunks of trace n are numbered from n * CHUNKS on: room for 2^29 traces of 2^24 chunks. */
export const CHUNKS = 2 ** 24;

export const SCHEMA = `
  create table trace (no integer primary key, id text not null unique, arrived integer not null);
  create table source (
    no integer primary key, service text not null, resource blob not null, scope blob not null,
    newest integer not null default 0,
    unique (resource, scope)
  );
  create table chunk (no integer primary key, source integer not null, spans blob not null);
  create table label (
    no integer primary key, service text not null, name text not null, kind integer not null,
    unique (service, name, kind)
  );
  create index label_name on label (name);
  create table seen (
    label integer not null, last integer not null, trace integer not null,
    first integer not null, shortest integer not null, longest integer not null,
    primary key (label, last desc, trace, first, shortest, longest)
  ) without rowid;
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${SCHEMA_VERSION};
`;
