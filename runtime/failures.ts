// What can go wrong in a service, each thing once: spans and logs have its code, pages and messages its title and its fix,
// and the service's man page a table of all of them (npm run docs writes it).

export type Failure = {
  /** On spans (`error.type`) and in the log. */
  readonly code: string;
  /** The HTTP status that is answered, where one is. */
  readonly status?: number;
  /** What it means. */
  readonly title: string;
  /** What to do. */
  readonly fix: string;
};

/** The failures of a service by their codes; `table` may say more of each, which stays. */
export function defineFailures<const T extends Record<string, Omit<Failure, 'code'>>>(
  table: T,
): { readonly [C in keyof T & string]: T[C] & { readonly code: C } } {
  const failures = Object.entries(table).map(([code, failure]) => [code, { code, ...failure }]);
  return Object.fromEntries(failures) as { [C in keyof T & string]: T[C] & { code: C } };
}

/** A failure in two sentences; `detail` names what it concerns. */
export function failureText({ title, fix }: Omit<Failure, 'code'>, detail = ''): string {
  return `${title}${detail && ` (${detail})`}. ${fix}`;
}

/** The table of a man page. */
export function failureTable(failures: Readonly<Record<string, Failure>>): string {
  const all = Object.values(failures);
  const hasStatus = all.some(({ status }) => status !== undefined);
  const row = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  const heads = ['code', ...(hasStatus ? ['status'] : []), 'what it means', 'what to do'];
  const rows = all.map(({ code, status = '', title, fix }) => [
    `\`${code}\``,
    ...(hasStatus ? [status] : []),
    title,
    fix.replaceAll('|', '\\|'),
  ]);
  return [heads, heads.map(() => '---'), ...rows].map(row).join('\n');
}
