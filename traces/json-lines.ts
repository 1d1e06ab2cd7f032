// Lines of JSON as they arrive (application/x-ndjson): what the visitor answers while it runs a scenario.

/** The values of `body`, each when its line is whole; the last line needs no end. Throws what the stream or JSON.parse throws. */
export async function* readJsonLines<T>(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): AsyncGenerator<T> {
  // Not `for await`: not every browser can iterate a stream.
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let left = '';
  for (;;) {
    const { done, value = '' } = (await reader?.read()) ?? { done: true };
    const lines = (left + value).split('\n');
    left = done ? '' : (lines.pop() ?? '');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
    if (done) return;
  }
}
