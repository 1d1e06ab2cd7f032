// A trace from a file: opened by button or drop, or carried by an exported page.

import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { texts } from '#texts/open.tsx';
import { pickTrace } from '../../../../traces/otlp/write-json.ts';
import { address, setParameters } from '../address.ts';
import { Problem } from '../frame/problem.tsx';
import { fetchFile } from '../import/fetch-file.ts';
import { type ImportedFile, MAX_FILE_BYTES, NotReadable, readFile } from '../import/file.ts';
import { DiagnosedJourney } from '../journey/diagnosed.tsx';
import { carriedTrace } from '../journey/export.ts';
import { createJourney } from '../journey/state.ts';

type OpenedFile = { name: string; imported: ImportedFile };

const opened = signal<OpenedFile | null>(null);
const problem = signal('');

export function OpenFile() {
  const carried = useMemo(() => carriedTrace(), []);
  if (carried && opened.peek() === null) opened.value = { name: document.title, imported: readFile(carried) };
  const from = carried ? null : address.value.searchParams.get('from');
  useEffect(() => {
    if (from === null) return;
    const gone = new AbortController();
    void show(from, () => fetchFile(from, gone.signal));
    return () => gone.abort();
  }, [from]);
  return (
    <div
      class="open-file"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const file = event.dataTransfer?.files[0];
        if (file) void open(file);
      }}
    >
      {!carried && <Chooser />}
      {opened.value && <Shown key={opened.value.name} {...opened.value} />}
    </div>
  );
}

function Chooser() {
  return (
    <section class="chooser">
      <h1 tabIndex={-1}>{texts.openATrace}</h1>
      <p>{texts.whichFiles}</p>
      <label class="drop">
        <span>{texts.dropAFile}</span>
        <input
          type="file"
          accept=".json,.jsonl,.ndjson,application/json"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void open(file);
            currentTarget.value = '';
          }}
        />
      </label>
      <Problem text={problem.value} />
    </section>
  );
}

async function open(file: File): Promise<void> {
  await show(file.name, () => {
    if (file.size > MAX_FILE_BYTES)
      throw new NotReadable(texts.tooLarge(file.name, Math.round(file.size / 1e6), Math.round(MAX_FILE_BYTES / 1e6)));
    return file.text();
  });
  setParameters({ trace: null, span: null, from: null });
}

/** Shows the traces in the text that `read` resolves with, or why it cannot. */
async function show(name: string, read: () => Promise<string>): Promise<void> {
  problem.value = '';
  try {
    opened.value = { name, imported: readFile(await read()) };
  } catch (error) {
    if ((error as Error).name === 'AbortError') return; // another view is shown
    if (!(error instanceof NotReadable)) throw error;
    opened.value = null;
    problem.value = error.message;
  }
}

function Shown({ name, imported: { data, traces, leftOut } }: OpenedFile) {
  const asked = address.value.searchParams.get('trace');
  const trace = traces.find(({ traceId }) => traceId === asked) ?? traces[0];
  const journey = useMemo(
    () =>
      trace &&
      createJourney({ ...trace, data: pickTrace(data, trace.traceId) }, address.peek().searchParams.get('span')),
    [trace],
  );
  if (!journey) return null;
  return (
    <>
      <p class="odd">
        {texts.fromTheFile(name)}
        {leftOut > 0 && ` ${texts.entriesLeftOut(leftOut)}`}
        {traces.length > 1 && (
          <label>
            {' '}
            {texts.hasTraces(traces.length)}{' '}
            <select
              value={trace?.traceId ?? ''}
              onChange={({ currentTarget }) => setParameters({ trace: currentTarget.value, span: null })}
            >
              {traces.slice(0, 200).map(({ traceId, spans }) => (
                <option key={traceId} value={traceId}>
                  {traceId.slice(0, 12)}… ({texts.spans(spans.length)})
                </option>
              ))}
            </select>
          </label>
        )}
      </p>
      <DiagnosedJourney key={trace?.traceId} journey={journey} isComplete />
    </>
  );
}
