/** A request with its result and times in milliseconds. */
export type ModelEvent<Op> = { op: Op; result: string; startedAt: number; endedAt: number };

/**
 * Finds a linearization of `events`: an order that respects real time, in which `explain` accepts each result. It
 * returns the state after the event, or null. Null when no order exists.
 */
export function findOrder<Op, State>(
  events: ModelEvent<Op>[],
  start: State,
  explain: (state: State, op: Op, result: string) => State | null,
): { order: ModelEvent<Op>[]; state: State } | null {
  const deadEnds = new Set<string>();
  const search = (state: State, left: ModelEvent<Op>[]): ModelEvent<Op>[] | null => {
    if (left.length === 0) {
      end = state;
      return [];
    }
    const key = `${left.map((event) => events.indexOf(event)).join()} ${JSON.stringify(state)}`;
    if (deadEnds.has(key)) return null;
    const firstEnd = Math.min(...left.map(({ endedAt }) => endedAt));
    for (const event of left) {
      if (event.startedAt > firstEnd) continue;
      const next = explain(state, event.op, event.result);
      if (next === null) continue;
      const others = left.filter((other) => other !== event);
      const rest = search(next, others);
      if (rest) return [event, ...rest];
    }
    deadEnds.add(key);
    return null;
  };
  let end = start;
  const order = search(start, events);
  return order && { order, state: end };
}
