// Values counted in bins of equal width.

/** The counts of `values` in `count` bins between the least and the most of them. */
export function histogramOf(values: readonly number[], count: number): { bins: number[]; from: number; to: number } {
  const bins = new Array<number>(count).fill(0);
  if (values.length === 0) return { bins, from: 0, to: 0 };
  const from = Math.min(...values);
  const to = Math.max(...values);
  for (const value of values) {
    const index = to === from ? 0 : Math.min(count - 1, Math.floor(((value - from) / (to - from)) * count));
    bins[index] = (bins[index] ?? 0) + 1;
  }
  return { bins, from, to };
}

/** The middle one; of two, their mean; 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
