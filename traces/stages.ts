// Which stage of a journey a moment of a trace belongs to.

import { findSpec } from '../otel/contract/index.ts';
import type { Stage } from '../otel/contract/stages.ts';
import { foreignStage, isSilentApp } from './foreign.ts';
import type { SpanNode } from './tree.ts';

/** The stage that a moment (ms since 1970) belongs to, by the innermost span open then; null for none. */
export function stageOf(node: SpanNode | null, moment: number): Stage {
  if (node === null) return 'untracked';
  if (isSilentApp(node)) return 'other';
  const stage = findSpec(node.span)?.stage ?? foreignStage(node);
  return typeof stage === 'function' ? stage(node.span, moment) : stage;
}
