// A task of the site (migrate, collectstatic, check): an error is printed as one sentence, without a stack trace.

/** Resolves with the result of `step`. Prints the message of what it throws, and exits with `code`. */
export async function runTask<T>(step: () => Promise<T> | T, code = 1): Promise<T> {
  try {
    return await step();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(code);
  }
}
