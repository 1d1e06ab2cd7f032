/** A host (name or IP address) and a port. */
export type Endpoint = { host: string; port: number };

/** Parses `host:port`; undefined if it is not one. */
export function endpoint(text: string): Endpoint | undefined {
  const match = /^([\w.-]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  return match?.[1] !== undefined && port >= 1 && port <= 65535 ? { host: match[1], port } : undefined;
}
