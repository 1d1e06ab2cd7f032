import { STAGES, type Stage } from '../../../../otel/contract/stages.ts';

/** The head of a table's row: a stage with its colour, or the whole visit (null). */
export function StageName({ stage }: { stage: Stage | null }) {
  return (
    <th scope="row">
      {stage === null ? (
        <b>whole visit</b>
      ) : (
        <>
          <i class={`swatch stage-${stage}`} /> {STAGES[stage].label}
        </>
      )}
    </th>
  );
}
