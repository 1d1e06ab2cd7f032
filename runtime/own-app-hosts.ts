// The names of the learner's own site (npm start -- --app …), by which proxy and gateway know a request for it.

export const OWN_APP_HOSTS: readonly string[] = ['my.test', 'my.localhost'];

/** Whether a request with `host` (and perhaps a port) is for the learner's own app. */
export function isOwnAppHost(host = ''): boolean {
  return OWN_APP_HOSTS.includes(hostName(host));
}

/** The name in a Host: in lower case, without its port and without a dot at its end. */
export function hostName(host: string): string {
  return host.replace(/\.?(:\d*)?$/, '').toLowerCase();
}
