// Which location answers a path, by nginx's rules; and every rule looked at on the way, for the trace.
// https://nginx.org/en/docs/http/ngx_http_core_module.html#location

import type { Rule, RuleAction } from './blocks.ts';

/** How one rule fared. */
export type RuleOutcome = { rule: string; outcome: string };

export type RouteDecision = {
  rule: string;
  /** Why it won. */
  reason: string;
  action: RuleAction;
  /** What of the path is left behind the rule's own part: below `alias`. */
  rest: string;
  tried: RuleOutcome[];
};

/** What answers when no rule fits: nginx would look in its default root. */
const NOTHING: RuleAction = { kind: 'return', config: { status: 404 } };

/**
 * Makes the function that chooses among `rules` for a path, which must be decoded and free of dots.
 * Exact rules are looked at first, then prefixes, then expressions in their order.
 */
export function chooser(rules: readonly Rule[]): (path: string) => RouteDecision {
  const exact = rules.filter((rule) => rule.type === 'exact');
  const prefixes = rules.filter((rule) => rule.type === 'prefix');
  const patterns = rules.filter((rule) => rule.type === 'pattern');

  return (path) => {
    const tried: RuleOutcome[] = [];
    const choose = ({ text, action }: Rule, reason: string, rest: string): RouteDecision => {
      return { rule: text, reason, action, rest, tried };
    };

    for (const rule of exact) {
      tried.push({ rule: rule.text, outcome: path === rule.path ? 'fits' : 'another path' });
      if (path === rule.path) return choose(rule, 'exactly this path', '');
    }

    let longest: Extract<Rule, { type: 'prefix' }> | undefined;
    for (const rule of prefixes) {
      const fits = path.startsWith(rule.path);
      const isLonger = fits && rule.path.length > (longest?.path.length ?? -1);
      tried.push({ rule: rule.text, outcome: isLonger ? 'fits' : fits ? 'fits, but is shorter' : 'another path' });
      if (isLonger) longest = rule;
    }
    const rest = path.slice(longest?.path.length);
    if (longest?.isFinal) return choose(longest, 'the longest that fits, and final', rest);

    for (const rule of patterns) {
      const match = rule.pattern.exec(path);
      tried.push({ rule: rule.text, outcome: match ? 'fits' : 'another path' });
      if (match) return choose(rule, 'the first expression that fits', match[1] ?? '');
    }
    if (longest) return choose(longest, 'the longest that fits', rest);
    return { rule: 'none', reason: 'no rule fits', action: NOTHING, rest: '', tried };
  };
}
