// The picture of a distribution: bins, and around them the stage, figures, and the range of the bins.

import type { ComponentChildren } from 'preact';
import type { Stage } from '../../../../otel/contract/stages.ts';
import { stageLabel } from './stage-name.tsx';

/** A stage that is never longer than this has no distribution worth a picture, in ms. */
export const MIN_MS = 0.02;

type HistogramProps = {
  /** Null: the whole visit. */
  stage: Stage | null;
  figures: string;
  /** For screen readers: what the picture shows. */
  says: string;
  range: readonly [from: string, to: string];
  children: ComponentChildren;
};

export function Histogram({ stage, figures, says, range: [from, to], children }: HistogramProps) {
  const title = stageLabel(stage);
  const description = `${title}: ${says}`;
  return (
    <figure class={`histogram ${stage ? `stage-${stage}` : 'whole'}`}>
      <figcaption>
        <b>{title}</b> <small>{figures}</small>
      </figcaption>
      <div role="img" aria-label={description} title={description}>
        {children}
      </div>
      <small class="range">
        <span>{from}</span>
        <span>{to}</span>
      </small>
    </figure>
  );
}

type BinsProps = { counts: readonly number[]; max: number; side?: 'above' | 'below'; children?: ComponentChildren };

/** `side`: of two rows of bins, above or below the line between them. */
export function Bins({ counts, max, side, children }: BinsProps) {
  return (
    <div class={`bins ${side ?? ''}`}>
      {counts.map((count, index) => (
        <i key={index} style={{ height: `${(100 * count) / max}%` }} />
      ))}
      {children}
    </div>
  );
}
