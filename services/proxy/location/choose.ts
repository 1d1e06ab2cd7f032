// Which location a path has, by nginx's rules; and every rule tried on the way, for the trace.
// https://nginx.org/en/docs/http/ngx_http_core_module.html#location

import type { Rule, RuleAction } from './blocks.ts';

export type RouteDecision = {
  rule: string;
  reason: string;
  action: RuleAction;
  /** What is left of the path behind the rule's own part: below `alias`. */
  rest: string;
  tried: { rule: string; outcome: string }[];
};

/** If no rule matches: nginx would look in its default root. */
const NOT_FOUND: RuleAction = { kind: 'return', config: { status: 404 } };

/** Chooses among `rules` for a normalised `path`: exact rules are tried first, then prefixes, then expressions in their order. */
export function chooseRule(rules: readonly Rule[], path: string): RouteDecision {
  const tried: RouteDecision['tried'] = [];
  const decide = (rule: Rule, reason: string, rest: string) => {
    return { rule: rule.text, reason, action: rule.action, rest, tried };
  };

  for (const rule of rules) {
    if (rule.type !== 'exact') continue;
    tried.push({ rule: rule.text, outcome: path === rule.path ? 'fits' : 'another path' });
    if (path === rule.path) return decide(rule, 'exactly this path', '');
  }

  let longest: Extract<Rule, { type: 'prefix' }> | undefined;
  for (const rule of rules) {
    if (rule.type !== 'prefix') continue;
    const fits = path.startsWith(rule.path);
    const isLonger = fits && rule.path.length > (longest?.path.length ?? -1);
    tried.push({ rule: rule.text, outcome: isLonger ? 'fits' : fits ? 'fits, but is shorter' : 'another path' });
    if (isLonger) longest = rule;
  }
  const rest = path.slice(longest?.path.length);
  if (longest?.isFinal) return decide(longest, 'the longest that fits, and final', rest);

  for (const rule of rules) {
    if (rule.type !== 'pattern') continue;
    const match = rule.pattern.exec(path);
    tried.push({ rule: rule.text, outcome: match ? 'fits' : 'another path' });
    if (match) return decide(rule, 'the first expression that fits', match[1] ?? '');
  }
  if (longest) return decide(longest, 'the longest that fits', rest);
  return { rule: 'none', reason: 'no rule fits', action: NOT_FOUND, rest: '', tried };
}
