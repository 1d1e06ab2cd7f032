// The stages of a journey, in words that a learner knows. Every moment of a trace belongs to one.

/** In the order in which a letter passes them. */
export const STAGES = {
  phonebook: { label: 'phonebook', says: 'asking where the reader lives (DNS)' },
  way: { label: 'way', says: 'opening a way through the post offices (connect)' },
  sealing: { label: 'sealing', says: 'agreeing on a seal with the web server (TLS handshake)' },
  waiting: { label: 'first byte', says: 'the letter is between you and the web server; you wait for the first byte' },
  proxy: { label: 'web server', says: 'the web server (reverse proxy) decides, and hands over' },
  file: { label: 'static file', says: 'the web server takes a file from its own shelf' },
  queue: { label: 'queue', says: 'waiting until a worker is free' },
  gateway: { label: 'app server', says: 'the app server hands the letter to a worker' },
  framework: { label: 'worker', says: 'the worker: framework, middleware, url list' },
  view: { label: 'view', says: 'the view that the url list names' },
  database: { label: 'database', says: 'looking something up, or changing it' },
  template: { label: 'template', says: 'writing the answer out' },
  download: { label: 'download', says: 'from the first byte of the answer to its last' },
  commit: { label: 'commit', says: 'the change is committed, and pushed to the repository' },
  build: { label: 'build', says: 'the pipeline makes a release of the commit' },
  test: { label: 'test', says: 'linter, tests, and a look at the pages' },
  release: { label: 'release', says: 'the new release takes the place of the old one' },
  remote: { label: 'other calls', says: 'a program waits for another one that it called' },
  other: { label: 'others', says: 'spans of other programs' },
  unaccounted: { label: 'nobody accounts for', says: 'no span says what happened in this time' },
} as const;

export type Stage = keyof typeof STAGES;
