// The stages of a journey, in words that a learner knows. Every moment of a trace belongs to one.

/** In the order of a journey. */
export const STAGES = {
  dns: { label: 'phonebook', says: 'looking up the address of the site (DNS)' },
  network: { label: 'network', says: 'opening a connection through the post offices (routers)' },
  tls: { label: 'TLS', says: 'agreeing on a secret key with the web server (TLS handshake)' },
  waiting: {
    label: 'waiting for the first byte',
    says: 'the letter is between you and the web server, and you wait for the first byte of the answer',
  },
  proxy: { label: 'web server', says: 'the web server (reverse proxy) decides, and passes the letter on' },
  file: { label: 'static files', says: 'the web server sends one of its own files' },
  queue: { label: 'queue', says: 'waiting until a worker is free' },
  gateway: { label: 'app server', says: 'the app server hands the letter to a worker, and the answer back' },
  framework: { label: 'worker', says: 'the worker: framework, middleware, URL list' },
  other: { label: 'your app', says: 'your own program: its code and its framework' },
  view: { label: 'view', says: 'the view that the URL list names' },
  database: { label: 'database', says: 'reading something from the database, or changing it' },
  background: {
    label: 'background worker',
    says: 'work that a background worker does later, and the message that asks for it',
  },
  template: { label: 'template', says: 'filling in the page' },
  remote: { label: 'other programs', says: 'a program waits for another program that it called' },
  download: { label: 'download', says: 'from the first byte of the answer to its last' },
  commit: { label: 'commit', says: 'the change is committed, and pushed to the repository' },
  build: { label: 'build', says: 'the pipeline makes a release of the commit' },
  test: { label: 'test', says: 'linter, tests, and a look at the pages' },
  release: { label: 'release', says: 'the new release replaces the old one' },
  untracked: { label: 'untracked', says: 'no span says what happened in this time' },
} as const;

export type Stage = keyof typeof STAGES;
