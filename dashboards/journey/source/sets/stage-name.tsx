import { texts } from '#texts/sets.tsx';
import { STAGES, type Stage } from '../../../../otel/contract/stages.ts';

/** The name of a stage, or of the whole visit (null). */
export function stageLabel(stage: Stage | null): string {
  return stage === null ? texts.wholeVisit : STAGES[stage].label;
}

/** The head of a table's row: a stage with its colour, or the whole visit (null). */
export function StageName({ stage }: { stage: Stage | null }) {
  const label = stageLabel(stage);
  return (
    <th scope="row">
      {stage === null ? (
        <b>{label}</b>
      ) : (
        <>
          <i class={`swatch stage-${stage}`} /> {label}
        </>
      )}
    </th>
  );
}
