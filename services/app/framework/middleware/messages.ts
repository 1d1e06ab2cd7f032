// Django's messages: a sentence for the next page that this visitor sees ("Recorded."), kept in the session until then.

import type { Session } from '../sessions.ts';
import type { Middleware } from './middleware.ts';

declare module '../http/request.ts' {
  interface Request {
    messages: Messages;
  }
}

export class Messages {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  add(message: string): void {
    this.#session.set('messages', [...(this.#session.get('messages') ?? []), message]);
  }

  /** The messages to show; removes them. */
  take(): string[] {
    const messages = this.#session.get('messages') ?? [];
    if (messages.length > 0) this.#session.set('messages', undefined);
    return messages;
  }
}

export const messages: Middleware = {
  name: 'messages',
  attach(request) {
    request.messages = new Messages(request.session);
  },
};
