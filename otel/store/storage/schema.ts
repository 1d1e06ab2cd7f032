// The tables of traces.db. A trace's spans lie in chunks; a search reads `seen` from its newest row on and opens only
// the traces whose row says that they may fit.
//
//   trace                     chunk                               source
//   no   1 ◄──────────────── trace  1                             no        4
//   id   4bf92f35…           source 4 ──────────────────────────► service   proxy
//   arrived (ms)             spans  (OTLP bytes, as they came)    resource, scope (OTLP bytes)
//
//   label                                       seen   one row for each label of each chunk
//   no  service  name             kind          label  last              trace  first             shortest  longest
//   1   ''       ''               -1   any      1      1795218416492803  1      1795218415777699  49        715105
//   2   proxy    ''               -1   service  2      1795218416309749  1      …
//   3   proxy    GET              2    span     3      1795218416309749  1      …     (µs, rounded outwards)
//
// Indexes: trace by id (read one trace), chunk by trace (its spans), by source (is it still used?);
// seen by trace (to evict it). The table seen itself is an index: label, last descending, trace.

/** Of the schema below; a file with a higher one was written by a newer Waybill. */
export const SCHEMA_VERSION = 1;

/** Marks the file as ours: "wayb". */
export const APPLICATION_ID = 0x77617962;

/** The kind in a label that stands for a service as a whole, or for anything. */
export const NO_KIND = -1;

export const SCHEMA = `
  create table trace (no integer primary key, id text not null unique, arrived integer not null);
  create table source (
    no integer primary key, service text not null, resource blob not null, scope blob not null,
    unique (resource, scope)
  );
  create table chunk (no integer primary key, trace integer not null, source integer not null, spans blob not null);
  create index chunk_trace on chunk (trace);
  create index chunk_source on chunk (source);
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
  create index seen_trace on seen (trace);
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${SCHEMA_VERSION};
`;
