// The host name of a request, and whether it is allowed: Django's get_host and ALLOWED_HOSTS.

const HOST = /^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::\d+)?$/;

/** The name in `host`, in lower case, without port and final dot; undefined if it is not a name or an address. */
export function hostName(host: string): string | undefined {
  return HOST.exec(host.toLowerCase())?.[1]?.replace(/\.$/, '');
}

/** Whether `name` is one of `hosts`; `.tatis.test` there means tatis.test and every name below it. */
export function isAllowed(name: string, hosts: readonly string[]): boolean {
  return hosts.some((host) => (host.startsWith('.') ? `.${name}`.endsWith(host) : name === host));
}
