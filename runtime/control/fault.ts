// A fault: something that can be broken on purpose, as GET /faults of each service and of the visitor describes it.

type State =
  | { kind: 'switch'; value: boolean; default: boolean }
  | { kind: 'number'; value: number; default: number; range: { min: number; max: number; unit: string } }
  | { kind: 'choice'; value: string; default: string; choices: readonly string[] };

export type Fault = State & {
  /** `dns.slow`: its service, and its name there. */
  id: string;
  service: string;
  title: string;
  /** What it breaks. */
  sentence: string;
  /** What to look for in the next trace. */
  look: string;
  /** Which faults it is listed with, where these are the same for several services. */
  group?: 'telemetry';
};

/** Whether something is broken: its value is not the default. */
export function isSet({ value, default: standard }: Fault): boolean {
  return value !== standard;
}

export type FaultValue = Fault['value'];

/** What PUT /faults takes: values by id. */
export type FaultChanges = Record<string, FaultValue>;
