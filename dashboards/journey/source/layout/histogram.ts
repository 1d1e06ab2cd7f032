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
