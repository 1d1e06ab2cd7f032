// What is wrong with a trace, of any program: every check in this order, since a later one leaves out what an earlier one explains.

import type { TraceSpan } from '../model.ts';
import { treeOf } from '../tree.ts';
import { baggage } from './baggage.ts';
import { clockDrift } from './clock-drift.ts';
import { clockSkew } from './clock-skew.ts';
import { contextLost } from './context-lost.ts';
import { duplicates } from './duplicates.ts';
import { endedParents } from './ended-parents.ts';
import type { Check, Finding } from './finding.ts';
import { gaps } from './gaps.ts';
import { limits } from './limits.ts';
import { missingService } from './missing-service.ts';
import { notSampled } from './not-sampled.ts';
import { orphans } from './orphans.ts';
import { type Neighbours, NO_NEIGHBOURS, unansweredIn } from './outline.ts';
import { severalRoots } from './several-roots.ts';
import { spanNames } from './span-names.ts';
import { unknownService } from './unknown-service.ts';
import { unsetStatus } from './unset-status.ts';

const CHECKS: readonly Check[] = [
  contextLost,
  missingService,
  orphans,
  severalRoots,
  clockSkew,
  clockDrift,
  endedParents,
  gaps,
  duplicates,
  notSampled,
  unknownService,
  spanNames,
  unsetStatus,
  limits,
  baggage,
];

const MAX_FINDINGS = 100;

/** What is wrong with `spans` (one trace, in the order of start); none when nothing is, or without spans. */
export function diagnose(spans: readonly TraceSpan[], neighbours: Neighbours = NO_NEIGHBOURS): Finding[] {
  const tree = treeOf(spans);
  const unanswered = unansweredIn(tree.nodes);
  const found: Finding[] = [];
  for (const check of CHECKS) found.push(...check({ tree, unanswered, neighbours, found }));
  return found.slice(0, MAX_FINDINGS);
}
