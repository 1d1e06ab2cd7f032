// Answers in one form, so that two can be compared: what is a set is sorted, what Jaeger drops is dropped, and an error's
// words are not looked at.

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };

/** The canonical form of an answer; text that is not JSON stays as it is. */
export function canonical(body: string): unknown {
  let answer: Fields;
  try {
    answer = JSON.parse(body, (key, value) => (key === 'msg' || key === 'message' ? typeof value : value)) as Fields;
  } catch {
    return body.trim();
  }
  const { result } = answer as { result?: Fields };
  if (result) return spans(result);
  const [trace] = (answer.data as Fields[] | null) ?? [];
  if (trace?.processes) return { ...answer, data: oldTrace(trace) };
  for (const name of ['services', 'operations', 'summaries', 'data']) {
    if (Array.isArray(answer[name])) answer[name] = sorted(answer[name]);
  }
  return answer;
}

/** Every span with its resource and scope. Jaeger's storage drops schema URLs. */
function spans({ resourceSpans }: Fields): unknown {
  const found = (resourceSpans as Fields[]).flatMap(({ resource, scopeSpans }) =>
    (scopeSpans as Fields[]).flatMap(({ scope, spans: list }) =>
      (list as Fields[]).map((span) => ({ resource: set(resource), scope: set(scope), span: set(span) }) as Fields),
    ),
  );
  return sorted(found);
}

function oldTrace({ spans: list, processes, ...rest }: Fields): unknown {
  const withProcess = (list as Fields[]).map(({ processID, ...span }) => {
    const process = (processes as Fields)[String(processID)];
    return { ...(set(span) as Fields), process: set(process) };
  });
  return { ...rest, spans: sorted(withProcess as Json[]) };
}

/** Sorts the lists in `value` that stand for sets, all the way down. */
function set(value: Json = null): Json {
  if (Array.isArray(value)) return value.map(set);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
    const done = set(inner);
    return [key, Array.isArray(done) && key !== 'values' ? sorted(done) : done];
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function sorted(list: Json[]): Json[] {
  const key = (value: Json) => JSON.stringify(set(value));
  return list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
