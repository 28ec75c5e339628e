/** What is often at hand already: then it is there at once, and only otherwise promised. `await` takes both. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Goes on with `value` in the same turn when it is at hand. A request whose answer is in memory so never waits for its turn behind
 * others; each `await` on its way would be such a turn.
 */
export function goOn<T, Result>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<Result>,
): MaybePromise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
