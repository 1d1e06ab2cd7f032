// Before each file of tests: vi.waitFor and vi.waitUntil wait for their condition until the test itself is given up. Their own
// bound of one second is a promise in time, which a slow machine does not keep; promises in time are measured in bench/.

import { vi } from 'vitest';

type Bounds = number | { interval?: number; timeout?: number };

/** Beyond every timeout of a test. */
const UNTIL_GIVEN_UP = 900_000;

const patient = (bounds: Bounds = {}) => ({
  interval: 20,
  ...(typeof bounds === 'number' ? {} : bounds),
  timeout: UNTIL_GIVEN_UP,
});

const { waitFor, waitUntil } = vi;
vi.waitFor = (condition, bounds) => waitFor(condition, patient(bounds));
vi.waitUntil = (condition, bounds) => waitUntil(condition, patient(bounds));
