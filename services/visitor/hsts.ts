// Strict-Transport-Security as a browser parses it (RFC 6797, 6.1): a header that breaks one rule is ignored.

/** For how many seconds a host requires HTTPS, and whether its subdomains do, too. */
export type HstsPolicy = { maxAge: number; includeSubDomains: boolean };

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
/** A directive, which may be empty, and the semicolon after it; white space as in RFC 2616, 2.1. */
const DIRECTIVE = new RegExp(
  `[ \\t]*(?:(?<name>${TOKEN})(?:[ \\t]*(?<sign>=)[ \\t]*(?:(?<token>${TOKEN})|"(?<quoted>(?:[^"\\\\]|\\\\.)*)"))?)?[ \\t]*(?:;|$)`,
  'y',
);

/** Parses the value of the header; undefined where it is not valid. */
export function parseHsts(value: string): HstsPolicy | undefined {
  const directives = new Map<string, string | undefined>();
  DIRECTIVE.lastIndex = 0;
  while (DIRECTIVE.lastIndex < value.length) {
    const { groups } = DIRECTIVE.exec(value) ?? {};
    if (groups === undefined) return undefined;
    const { name, sign, token, quoted = '' } = groups;
    if (name === undefined) continue;
    if (directives.has(name.toLowerCase())) return undefined;
    directives.set(name.toLowerCase(), sign && (token ?? quoted.replaceAll(/\\(.)/g, '$1')));
  }
  const maxAge = directives.get('max-age') ?? '';
  const hasValue = directives.get('includesubdomains') !== undefined;
  if (!/^\d+$/.test(maxAge) || hasValue) return undefined;
  return { maxAge: Number(maxAge), includeSubDomains: directives.has('includesubdomains') };
}
