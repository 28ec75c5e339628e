/** Works on up to `limit` items at the same time. After an error, starts no more, and rejects once the running ones have settled. */
export async function eachAtOnce<Item>(
  items: AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let hasFailed = false;
  const runs = Array.from({ length: limit }, async () => {
    try {
      for (let next = await iterator.next(); !next.done && !hasFailed; next = await iterator.next()) {
        await work(next.value);
      }
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  });
  const failed = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
  if (failed) throw failed.reason;
}
