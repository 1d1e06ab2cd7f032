/** The stories of the lab, in their order: title, and what they are about. Scenarios belong to the first three, lessons to all. */
export const STORIES = {
  1: {
    title: 'How a letter finds its reader',
    about: 'Names, routes, ports: the phonebook (DNS) and the post offices (routers).',
  },
  2: { title: 'Who opens it', about: 'Web server, app server and workers, and what happens when they go wrong.' },
  3: { title: 'How the answer is written', about: 'URL patterns, view, permission, database, template.' },
  4: {
    title: 'Keep it running',
    about: 'Queues, crashes, faults, the cost of tracing, your own service, a deployment.',
  },
  5: {
    title: 'When the trace is wrong',
    about: 'Context, sampling, clocks, lost spans, names: what breaks a trace, and how to mend it.',
  },
} as const;

export type StoryNumber = keyof typeof STORIES;
