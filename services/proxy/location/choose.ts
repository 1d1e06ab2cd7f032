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
    tried.push({ rule: rule.text, outcome: path === rule.path ? 'matches' : 'does not match' });
    if (path === rule.path) return decide(rule, 'exact match', '');
  }

  let longest: Extract<Rule, { type: 'prefix' }> | undefined;
  for (const rule of rules) {
    if (rule.type !== 'prefix') continue;
    const matches = path.startsWith(rule.path);
    const isLonger = matches && rule.path.length > (longest?.path.length ?? -1);
    tried.push({
      rule: rule.text,
      outcome: isLonger ? 'matches' : matches ? 'matches, but a longer prefix matches too' : 'does not match',
    });
    if (isLonger) longest = rule;
  }
  const rest = path.slice(longest?.path.length);
  if (longest?.isFinal) return decide(longest, 'longest matching prefix (^~)', rest);

  for (const rule of rules) {
    if (rule.type !== 'pattern') continue;
    const match = rule.pattern.exec(path);
    tried.push({ rule: rule.text, outcome: match ? 'matches' : 'does not match' });
    if (match) return decide(rule, 'first matching regular expression', match[1] ?? '');
  }
  if (longest) return decide(longest, 'longest matching prefix', rest);
  return { rule: 'none', reason: 'no rule matches', action: NOT_FOUND, rest: '', tried };
}
