// The numbers in DNS messages and their names (IANA, "Domain Name System (DNS) Parameters"), as far as they are met here.
// Pure: shared by the code that writes messages and the code that decodes them.

/** How many bytes the header takes: id, flags, four counts. */
export const HEADER = 12;
export const CLASS_IN = 1;
export const OPT = 41;
/** The option that carries a trace's context (dns.ts), from the range for local use (RFC 6891, 9). */
export const TRACE_OPTION = 65500;
/** The option that names a cache of the resolver which only queries with the same name use, from the same range. */
export const CACHE_OPTION = 65501;
export const EDE_OPTION = 15;

const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  CAA: 257,
};
const NAMES_OF_TYPES = new Map(Object.entries(TYPES).map(([name, code]) => [code, name]));

const OPTIONS: Readonly<Record<number, string>> = {
  3: 'NSID',
  8: 'CLIENT_SUBNET',
  10: 'COOKIE',
  11: 'TCP_KEEPALIVE',
  12: 'PADDING',
  [EDE_OPTION]: 'EDE',
  [TRACE_OPTION]: 'TRACE',
  [CACHE_OPTION]: 'CACHE',
};

/** Codes of replies; from BADVERS on their upper bits stand in OPT. */
export const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;
export type Rcode = keyof typeof RCODES;
const NAMES_OF_RCODES = new Map<number, string>(Object.entries(RCODES).map(([name, code]) => [code, name]));

/** The name of a type's code; `TYPE123` for one that has none here (RFC 3597). */
export function typeName(code: number): string {
  return NAMES_OF_TYPES.get(code) ?? `TYPE${code}`;
}

/** The code of a type's name, `TYPE123` included; undefined for a word that is none. */
export function typeCode(name: string): number | undefined {
  if (Object.hasOwn(TYPES, name)) return TYPES[name];
  const code = Number(/^TYPE(\d{1,5})$/.exec(name)?.[1]);
  return code <= 0xffff ? code : undefined;
}

export function className(code: number): string {
  return { 1: 'IN', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' }[code] ?? `CLASS${code}`;
}

export function opcodeName(code: number): string {
  return { 0: 'QUERY', 1: 'IQUERY', 2: 'STATUS', 4: 'NOTIFY', 5: 'UPDATE' }[code] ?? `OPCODE${code}`;
}

export function rcodeName(code: number): string {
  return NAMES_OF_RCODES.get(code) ?? `RCODE${code}`;
}

export function optionName(code: number): string {
  return OPTIONS[code] ?? `OPTION${code}`;
}
