// Whom a request is for: the name in its Host header, and whether a site answers to it; Django's get_host and ALLOWED_HOSTS.

const HOST = /^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::\d+)?$/;

/** The name in `host`, in small letters, without its port and its final dot; undefined where it is no name or address. */
export function hostName(host: string): string | undefined {
  return HOST.exec(host.toLowerCase())?.[1]?.replace(/\.$/, '');
}

/** Whether `name` is one of `hosts`; `.tatis.test` there stands for tatis.test and every name in it. */
export function isAllowed(name: string, hosts: readonly string[]): boolean {
  return hosts.some((host) => (host.startsWith('.') ? `.${name}`.endsWith(host) : name === host));
}
