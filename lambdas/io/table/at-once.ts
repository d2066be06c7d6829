interface AtOnceOptions {
  /** How many may run at once. */
  readonly limit: number;
  /** When it is aborted, no further work begins. @default nothing ends it */
  readonly signal?: AbortSignal;
}

/**
 * Does the work for each input, for a few at once. After an error no further work begins. Ends when all work that has begun is done.
 * @throws the first error
 */
export async function atOnce<Input>(
  inputs: readonly Input[],
  work: (input: Input) => Promise<unknown>,
  { limit, signal }: AtOnceOptions,
): Promise<void> {
  const waiting = [...inputs].reverse();
  const errors: unknown[] = [];
  const workers = Array.from({ length: limit }, async () => {
    for (let input = waiting.pop(); input !== undefined; input = waiting.pop()) {
      if (signal?.aborted || errors.length > 0) return;
      await work(input).catch((error: unknown) => errors.push(error));
    }
  });
  await Promise.all(workers);
  if (errors.length > 0) throw errors[0];
}
