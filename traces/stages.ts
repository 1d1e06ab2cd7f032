// Which stage of a journey a moment of a trace belongs to.

import { findSpec } from '../otel/contract/index.ts';
import type { Stage } from '../otel/contract/stages.ts';
import { foreignStage } from './foreign.ts';
import type { TraceSpan } from './model.ts';

/** The stage that a moment (ms since 1970) belongs to, by the innermost span open then; null for none. */
export function stageOf(span: TraceSpan | null, moment: number): Stage {
  if (span === null) return 'untracked';
  const stage = findSpec(span)?.stage ?? foreignStage(span);
  return typeof stage === 'function' ? stage(span, moment) : stage;
}
