// How every bench prints: tables, and single figures with their goal.

/** Rows of the same columns as a table, numbers to the right. */
export function printTable(rows: readonly Record<string, string | number | undefined>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const isText = (column: string) => typeof rows[0]?.[column] === 'string';
  for (const row of cells) {
    const padded = row.map((cell, index) =>
      isText(columns[index] ?? '') ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
    );
    console.log(padded.join('   ').trimEnd());
  }
  console.log('');
}

/** One figure with its unit and, where there is one, its goal. */
export function printFigure(what: string, value: number, unit: string, goal?: number): void {
  const beside = goal === undefined ? '' : `   (goal ${goal})`;
  console.log(`${what.padEnd(56)} ${shown(value).padStart(8)} ${unit.padEnd(2)}${beside}`.trimEnd());
}

function shown(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? '–';
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}
