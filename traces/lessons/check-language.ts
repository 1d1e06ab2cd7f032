// The language in which a lesson's check is written, read line by line; `lessons/README.md` explains it to teachers.
//
//   visit A                                             a trace of the learner's, since the lesson began
//     has dns resolve waybill.dns.cache=miss            at least one such span
//     no dns "ask *"                                    none
//     count router forward >= 3                         how many
//     send POST http://my.test/vote/ choice=1           npm run check sends this; in a lesson, the learner does
//   visit B after A                                     a later one
//   ask "For how many seconds may it be cached?"        answered by the learner, and compared with the trace:
//     value A dns resolve waybill.dns.ttl               the value of an attribute; also: count, events, ms
//   hidden fault from dns.slow=400 router.south=true    one of these faults is set when the lesson begins; answer: fault
//   shows dns.slow dns "ask *" ms>=350                  such a span is evidence of that fault; answer: evidence

/** What an attribute must be: `http.response.status_code=304`, `ms>=500`, `url.full~history`. */
export type Condition = { attribute: string; operator: '=' | '!=' | '>=' | '<=' | '~'; value: string };

/** Which spans are meant: service (`*` any, `other` none of the lab's), name (with `*`), and what their attributes say. */
export type SpanPattern = { service: string; name: string; conditions: readonly Condition[] };

/** One thing that a visit must show; `text` and `line` are as the lesson's author wrote them. */
export type Clause = {
  kind: 'has' | 'no' | 'count';
  span: SpanPattern;
  /** For `count`. */
  operator: '=' | '>=' | '<=';
  number: number;
  text: string;
  line: number;
};

/** A trace that the learner must have made, known to the rest of the check by its `label`. */
export type VisitPattern = { label: string; after: string | null; clauses: Clause[]; send: Sent | null; line: number };

/** What is sent: an address of the lab, and the fields of a form. */
export type Sent = { method: 'GET' | 'HEAD' | 'POST'; url: string; form: Record<string, string> | null };

/** What the learner is asked, and where in their own trace the answer stands. */
export type Question = {
  text: string;
  kind: 'count' | 'value' | 'events' | 'ms' | 'fault' | 'evidence';
  visit: string;
  span: SpanPattern;
  /** For `value` an attribute, for `events` an event's name. */
  detail: string;
  line: number;
};

export type Check = {
  visits: VisitPattern[];
  questions: Question[];
  hiddenFaults: HiddenFault[];
  /** Spans that show a hidden fault. */
  evidence: { fault: string; span: SpanPattern }[];
};

/** A fault of the lab, and its value while the lesson runs. */
export type HiddenFault = { id: string; value: boolean | number | string };

/** A mistake in a lesson's file, named by its line. */
export class LessonError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = 'LessonError';
    this.line = line;
  }
}

type Word = { text: string; quoted: boolean };

/** Reads the check of a lesson; `firstLine` is where its first line stands in the file. Throws a LessonError. */
export function parseCheck(source: string, firstLine = 1): Check {
  const check: Check = { visits: [], questions: [], hiddenFaults: [], evidence: [] };
  let question: Question | undefined;
  source.split('\n').forEach((text, index) => {
    const line = firstLine + index;
    const words = wordsOf(text, line);
    const [first, ...rest] = words;
    if (first === undefined) return;
    const read = STATEMENTS[first.text];
    if (read === undefined || first.quoted) {
      throw new LessonError(
        `"${first.text}" is not a statement; expected one of ${Object.keys(STATEMENTS).join(', ')}`,
        line,
      );
    }
    question = read({ check, words: rest, line, text: text.trim(), question }) ?? undefined;
  });
  if (question !== undefined)
    throw new LessonError('a question needs a line after it that says where the answer is', question.line);
  if (check.visits.length === 0) throw new LessonError('a check needs at least one visit', firstLine);
  return check;
}

type Statement = { check: Check; words: Word[]; line: number; text: string; question: Question | undefined };
type Reader = (statement: Statement) => Question | undefined;

const clause =
  (kind: Clause['kind']): Reader =>
  ({ check, words, line, text }) => {
    const visit = check.visits.at(-1);
    if (visit === undefined) throw new LessonError(`"${kind}" must stand below a visit`, line);
    let [operator, number]: [Clause['operator'], number] = ['>=', 1];
    let spanWords = words;
    if (kind === 'count') {
      const sign = words.at(-2)?.text;
      number = Number(words.at(-1)?.text);
      if ((sign !== '=' && sign !== '>=' && sign !== '<=') || !Number.isInteger(number)) {
        throw new LessonError('count ends with =, >= or <= and a whole number', line);
      }
      operator = sign;
      spanWords = words.slice(0, -2);
    }
    visit.clauses.push({ kind, span: spanOf(spanWords, line), operator, number, text, line });
    return undefined;
  };

const answer =
  (kind: Question['kind']): Reader =>
  ({ check, words, line, question }) => {
    if (question === undefined) throw new LessonError(`"${kind}" must stand below a question (ask "…?")`, line);
    const finished = { ...question, kind };
    if (kind !== 'fault' && kind !== 'evidence') {
      const [visit, ...spanWords] = words;
      if (!check.visits.some(({ label }) => label === visit?.text)) {
        throw new LessonError(`there is no visit "${visit?.text ?? ''}"`, line);
      }
      const detail = kind === 'value' || kind === 'events' ? spanWords.pop()?.text : '';
      if (detail === undefined) throw new LessonError(`${kind} ends with the name of what is asked for`, line);
      Object.assign(finished, { visit: visit?.text, span: spanOf(spanWords, line), detail });
    } else if (check.hiddenFaults.length === 0) {
      throw new LessonError('there is no hidden fault to ask for', line);
    }
    check.questions.push(finished);
    return undefined;
  };

const STATEMENTS: Record<string, Reader> = Object.assign(Object.create(null), {
  visit: ({ check, words, line }: Statement) => {
    const [label, after, earlier, ...more] = words.map(({ text }) => text);
    if (label === undefined || more.length > 0 || (after !== undefined && after !== 'after')) {
      throw new LessonError('expected: visit <label> [after <label>]', line);
    }
    if (check.visits.some((visit) => visit.label === label))
      throw new LessonError(`there are two visits "${label}"`, line);
    if (after !== undefined && !check.visits.some((visit) => visit.label === earlier)) {
      throw new LessonError(`there is no visit "${earlier ?? ''}" before this one`, line);
    }
    check.visits.push({ label, after: earlier ?? null, clauses: [], send: null, line });
  },
  send: ({ check, words, line }: Statement) => {
    const visit = check.visits.at(-1);
    if (visit === undefined) throw new LessonError('"send" stands below a visit', line);
    if (visit.send !== null) throw new LessonError(`visit ${visit.label} sends one request`, line);
    visit.send = sentOf(words, line);
  },
  has: clause('has'),
  no: clause('no'),
  count: (statement: Statement) => (statement.question ? answer('count') : clause('count'))(statement),
  ask: ({ words, line }: Statement) => {
    const [text, ...more] = words;
    if (!text?.quoted || more.length > 0) throw new LessonError('expected: ask "What is asked?"', line);
    return {
      text: text.text,
      kind: 'count',
      visit: '',
      span: { service: '*', name: '*', conditions: [] },
      detail: '',
      line,
    };
  },
  value: answer('value'),
  events: answer('events'),
  ms: answer('ms'),
  fault: answer('fault'),
  evidence: answer('evidence'),
  shows: ({ check, words: [fault, ...span], line }: Statement) => {
    if (!check.hiddenFaults.some(({ id }) => id === fault?.text)) {
      throw new LessonError(`there is no hidden fault "${fault?.text ?? ''}"`, line);
    }
    check.evidence.push({ fault: fault?.text as string, span: spanOf(span, line) });
  },
  hidden: ({ check, words, line }: Statement) => {
    const [fault, from, ...ids] = words.map(({ text }) => text);
    if (fault !== 'fault' || from !== 'from' || ids.length === 0) {
      throw new LessonError('expected: hidden fault from <fault>=<value> …', line);
    }
    check.hiddenFaults.push(...ids.map((text) => hiddenFaultOf(text, line)));
  },
} satisfies Record<string, (statement: Statement) => unknown>);

function spanOf(words: Word[], line: number): SpanPattern {
  const [service, name, ...conditions] = words;
  if (service === undefined || name === undefined) {
    throw new LessonError('expected a span: <service> <name> [attribute=value …]', line);
  }
  return { service: service.text, name: name.text, conditions: conditions.map(({ text }) => conditionOf(text, line)) };
}

function sentOf(words: Word[], line: number): Sent {
  const [first, ...others] = words.map(({ text }) => text);
  const isMethod = first === 'GET' || first === 'HEAD' || first === 'POST';
  const [address, ...fields] = isMethod ? others : [first, ...others];
  const url = URL.parse(address ?? '');
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new LessonError('expected: send [GET, HEAD or POST] http://my.test/ [field=value …]', line);
  }
  const form = fields.map((field = ''): [string, string] => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(field) ?? [];
    if (name === undefined || value === undefined) throw new LessonError(`"${field}" is not a field: name=value`, line);
    return [name, value];
  });
  const method = isMethod ? first : form.length > 0 ? 'POST' : 'GET';
  if (form.length > 0 && method !== 'POST') throw new LessonError(`${method} takes no fields of a form`, line);
  return { method, url: url.href, form: form.length > 0 ? Object.fromEntries(form) : null };
}

function conditionOf(text: string, line: number): Condition {
  const [, attribute, operator, value] = /^([\w.]+)(!=|>=|<=|=|~)(.*)$/.exec(text) ?? [];
  if (attribute === undefined || value === undefined) {
    throw new LessonError(`"${text}" is not a condition: attribute=value, !=, >=, <= or ~ (contains)`, line);
  }
  return { attribute, operator: operator as Condition['operator'], value };
}

function hiddenFaultOf(text: string, line: number): HiddenFault {
  const [, id, value] = /^([\w.]+)=(.+)$/.exec(text) ?? [];
  if (id === undefined || value === undefined)
    throw new LessonError(`"${text}" is not a fault and its value: dns.slow=400`, line);
  if (value === 'true' || value === 'false') return { id, value: value === 'true' };
  return { id, value: /^\d+$/.test(value) ? Number(value) : value };
}

/** The words of a line; quotes keep a word together, `#` begins a remark. */
function wordsOf(text: string, line: number): Word[] {
  const words: Word[] = [];
  const pattern = /\s*(?:#.*|([^\s"#]*)"([^"]*)"(\S*)|([^\s"#]+))/y;
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(trimmed);
    if (found === null)
      throw new LessonError(`cannot be parsed from "${trimmed.slice(at).trim()}" on: is a quote not closed?`, line);
    const [, before = '', quoted, behind = '', bare] = found;
    if (quoted !== undefined) words.push({ text: before + quoted + behind, quoted: before + behind === '' });
    else if (bare !== undefined) words.push({ text: bare, quoted: false });
  }
  return words;
}
