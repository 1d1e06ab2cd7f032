// The known name that is nearest to a mistyped one.

/** ` Did you mean "…"?` with the nearest of `known`; '' when none is near. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, distance: name.startsWith(typed) && typed !== '' ? 0 : editDistance(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, name.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : ` Did you mean "${nearest.name}"?`;
}

/** How many characters must be inserted, deleted or replaced to make `b` of `a` (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, character] of [...a.slice(0, 64)].entries()) {
    const above = row;
    row = [line + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (above[column] as number) + (character === other ? 0 : 1);
      row.push(Math.min(replaced, (above[column + 1] as number) + 1, (row[column] as number) + 1));
    }
  }
  return row.at(-1) as number;
}
