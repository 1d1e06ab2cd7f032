// Cookies (RFC 6265): read from one header, written as one header each.

export type CookieOptions = {
  /** Seconds that the browser keeps it; 0 deletes it. */
  maxAge: number;
  /** Whether scripts may read it (false). */
  readable?: boolean;
  /** Whether the browser sends it by HTTPS only. */
  secure: boolean;
};

/** The cookies of a Cookie header; of a name that occurs twice the last counts, as in Django. */
export function readCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
  return cookies;
}

/** A Set-Cookie header; `value` has only ASCII letters, digits and `.:-_`. */
export function writeCookie(name: string, value: string, { maxAge, readable = false, secure }: CookieOptions): string {
  const flags = `${readable ? '' : '; HttpOnly'}${secure ? '; Secure' : ''}`;
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; SameSite=Lax${flags}`;
}
