// A journey with what is wrong with its trace, shown as it was recorded or without that; and the spans that link to it.

import { type Signal, signal, useSignal } from '@preact/signals';
import type { ComponentProps } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import type { TraceSpan } from '../../../../traces/model.ts';
import { type Diagnosis, fetchJson } from '../api.ts';
import { lazy } from '../frame/lazy.tsx';
import { createJourney, type Journey } from './state.ts';
import { JourneyView } from './view.tsx';

const Findings = lazy(texts.diagnosis, async () => (await import('./diagnosis.tsx')).Findings);

/** A trace to which no span has been added for this time is diagnosed. */
const QUIET_MS = 1500;

/** A trace shown other than it was recorded, and in which way. */
type Mended = { journey: Journey; what: string };

/** `isStored`: the lab has the trace; one of a file is diagnosed in the page. */
export function DiagnosedJourney({
  journey,
  isStored = false,
  ...rest
}: ComponentProps<typeof JourneyView> & { isStored?: boolean }) {
  const { findings, linkedFrom } = useDiagnosis(journey, isStored).value;
  const mended = useMemo(() => signal<Mended | null>(null), [journey]);
  const mend = (spans: TraceSpan[], what: string) => {
    mended.value = { journey: createJourney({ ...journey, spans }, journey.chosen.peek()), what };
  };
  const note =
    mended.value === null ? (
      <>
        {findings.length > 0 && <Findings findings={findings} journey={journey} onMend={mend} />}
        {linkedFrom.length > 0 && <LinkedFrom linkedFrom={linkedFrom} />}
      </>
    ) : (
      <p class="odd" role="status">
        <b>{texts.notAsRecorded}</b> {mended.value.what}{' '}
        <button type="button" class="button" onClick={() => (mended.value = null)}>
          {texts.showAsRecorded}
        </button>
      </p>
    );
  const shown = mended.value?.journey ?? journey;
  return <JourneyView key={mended.value ? 'mended' : 'recorded'} {...rest} journey={shown} note={note} />;
}

function LinkedFrom({ linkedFrom }: Pick<Diagnosis, 'linkedFrom'>) {
  return (
    <p class="quiet">
      {texts.linkedFrom}{' '}
      {linkedFrom.slice(0, 5).map(({ traceId, spanId, label }) => (
        <a key={spanId} href={`/traces/${traceId}?span=${spanId}`}>
          {texts.inTrace(label, `${traceId.slice(0, 8)}…`)}{' '}
        </a>
      ))}
    </p>
  );
}

function useDiagnosis(journey: Journey, isStored: boolean): Signal<Diagnosis> {
  const found = useSignal<Diagnosis>({ findings: [], linkedFrom: [] });
  useEffect(() => {
    const ended = new AbortController();
    const look = async () => {
      const now = await diagnosed(journey, isStored, ended.signal).catch(() => null); // the lab has stopped
      if (now !== null && !ended.signal.aborted) found.value = now;
    };
    const timer = setTimeout(() => void look(), QUIET_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [journey.spans]);
  return found;
}

async function diagnosed({ traceId, spans }: Journey, isStored: boolean, ended: AbortSignal): Promise<Diagnosis> {
  if (!isStored) {
    const { diagnose } = await import('../../../../traces/diagnosis/diagnose.ts');
    return { findings: diagnose(spans), linkedFrom: [] };
  }
  return fetchJson(`/traces/${encodeURIComponent(traceId)}/diagnosis`, { signal: ended });
}
