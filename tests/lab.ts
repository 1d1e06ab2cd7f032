// The whole lab for a test: lab/fixture.ts, which the benches use as well.

export * from '../lab/fixture.ts';
