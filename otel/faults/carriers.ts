// What faults of the telemetry take from the two carriers that are not headers: the option of a DNS query, the field of a PROXY header.

/** All true while no fault is set. `isRead`: whether a context that arrives is read. */
export const carriers = { hasOption: true, hasField: true, isRead: true };
