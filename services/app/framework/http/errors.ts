// Responses that a view or middleware gives by throwing. They are outcomes, not failures: the trace shows them as events.

/** Ends the request with `status`; the visitor sees the message. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = new.target.name;
    this.status = status;
    this.headers = headers;
  }
}

/** Whether `error` comes from an aborted signal, such as that of a client which has closed the connection. */
export function isAbort(error: unknown): error is Error {
  return error instanceof Error && error.name === 'AbortError';
}

/** 400: the request is malformed. */
export class BadRequest extends HttpError {
  constructor(message: string) {
    super(400, message);
  }
}

/** 403: not allowed. */
export class PermissionDenied extends HttpError {
  constructor(message: string) {
    super(403, message);
  }
}

/** 404: not found. */
export class NotFound extends HttpError {
  constructor(message: string) {
    super(404, message);
  }
}

/** 405: the page accepts other methods. */
export class MethodNotAllowed extends HttpError {
  constructor(allowed: readonly string[]) {
    super(405, `This page accepts ${allowed.join(', ')}.`, { allow: allowed.join(', ') });
  }
}
