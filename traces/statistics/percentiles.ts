// Exact percentiles: every latency is kept, for a load is bounded.

/** What many latencies (ms) say together; null where there are none. */
export type Latencies = { p50: number; p90: number; p99: number; slowest: number };

/** The latencies' percentiles by nearest rank: of 200, the 99th is the 198th smallest. */
export function percentiles(latencies: readonly number[]): Latencies | null {
  if (latencies.length === 0) return null;
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), slowest: at(1) };
}
