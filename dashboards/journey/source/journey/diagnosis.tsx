// What is wrong with the trace, where, and how to mend it; and the trace as it would be without it.

import { texts } from '#texts/diagnosis.ts';
import type { Evidence, Finding } from '../../../../traces/diagnosis/finding.ts';
import { joined, withClocksSet } from '../../../../traces/diagnosis/mend.ts';
import { spansOf, type TraceSpan } from '../../../../traces/model.ts';
import { fetchTrace } from '../api.ts';
import { Term } from '../frame/glossary.tsx';
import { clock, duration } from '../layout/axis.ts';
import { Section } from './section.tsx';
import { choose, type Journey } from './state.ts';

/** `onMend` gets the spans of a trace without what is wrong, and what was done, in a sentence. */
type Mend = (spans: TraceSpan[], what: string) => void;

export function Findings({ findings, journey, onMend }: { findings: Finding[]; journey: Journey; onMend: Mend }) {
  const shifts = findings.flatMap(({ clock }) => clock ?? []);
  const setClocks = () => onMend(withClocksSet(journey.spans, shifts), texts.clocksAreSet);
  return (
    <section class="diagnosis" aria-label={texts.whatIsWrong}>
      <h2>{texts.whatIsWrong}</h2>
      <ul>
        {findings.map((finding, index) => (
          <OneFinding key={index} finding={finding} journey={journey} onMend={onMend} />
        ))}
      </ul>
      {shifts.length > 0 && (
        <button type="button" class="button" onClick={setClocks}>
          {texts.setClocks}
        </button>
      )}
    </section>
  );
}

function OneFinding({ finding, journey, onMend }: { finding: Finding; journey: Journey; onMend: Mend }) {
  const { hop, message, since, repair, rule, evidence, spanCount, kind, other } = finding;
  const join = async (parts: NonNullable<Finding['other']>) => {
    const others = spansOf(await fetchTrace(parts.traceId));
    onMend(joined(journey.spans, others, parts), texts.asOneWith(parts.traceId));
  };
  return (
    <li>
      <p>
        <b>
          <bdi>{hop}</bdi>
        </b>{' '}
        <bdi>{message}</bdi> {kind === 'orphans' && <Term word="orphan">{texts.whatIsThat}</Term>}
      </p>
      <p>
        <b>{texts.toMendIt}</b> <bdi>{repair}</bdi>
      </p>
      {other && (
        <p>
          <button type="button" class="button" onClick={() => void join(other)}>
            {texts.showBothAsOne}
          </button>{' '}
          <a href={`/traces/${other.traceId}`}>{texts.openTheOtherTrace}</a>
        </p>
      )}
      <Section title={texts.spansShowIt(spanCount)}>
        <p class="quiet">{texts.since(clock(since), duration(since - journey.tree.start))}</p>
        <ul>
          {evidence.map((each) => (
            <li key={each.traceId + each.spanId}>
              <ToSpan evidence={each} journey={journey} />
            </li>
          ))}
        </ul>
        <blockquote>
          “{rule.text}” <a href={rule.url}>{new URL(rule.url).host}</a>
        </blockquote>
      </Section>
    </li>
  );
}

function ToSpan({ evidence: { traceId, spanId, label }, journey }: { evidence: Evidence; journey: Journey }) {
  const row = journey.byKey.get(spanId);
  if (!row) return <a href={`/traces/${traceId}?span=${spanId}`}>{label}</a>;
  return (
    <button type="button" class="plain-button" onClick={() => choose(journey, row)}>
      <bdi>{label}</bdi>
    </button>
  );
}
