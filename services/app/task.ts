// A task of the site (migrate, collectstatic, check): what is wrong is printed in a sentence, without a stack trace.

/** Resolves with what `step` gives; when it throws, its message is printed and the process exits with `code`. */
export async function runTask<T>(step: () => Promise<T> | T, code = 1): Promise<T> {
  try {
    return await step();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(code);
  }
}
