// Cookies (RFC 6265): read from one header, written as one header each.

export type CookieOptions = {
  /** Seconds that the browser keeps it; 0 deletes it. */
  maxAge: number;
  /** Whether scripts may read it (no unless said otherwise). */
  readable?: boolean;
};

/** The cookies of a Cookie header; of several with one name the first counts. */
export function readCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim();
    if (!cookies.has(name)) cookies.set(name, pair.slice(equals + 1).trim());
  }
  return cookies;
}

/** A Set-Cookie header. `value` is one of ours: letters, digits and `.:-_` only. */
export function writeCookie(name: string, value: string, { maxAge, readable = false }: CookieOptions): string {
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; SameSite=Lax${readable ? '' : '; HttpOnly'}`;
}
