// What every process reads from the environment beside its own configuration. Only files of this name read process.env.

/** The environment itself, for what is handed on whole: to a child, to a reader of its own variables. */
export const environment: NodeJS.ProcessEnv = process.env;

/** What the log has at least, and whose it is. */
export const { WAYBILL_LOG_LEVEL: logLevel, OTEL_SERVICE_NAME: serviceName } = process.env;
