import type { Db } from '#lib/platform/pg/db.ts';

/** Returns the same app, but whose transactions start only after `work`, as if someone else had been faster. */
export function beforeTransaction<A extends { db: Db }>(app: A, work: () => Promise<unknown>): A {
  const db = new Proxy(app.db, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== '$transaction' || typeof value !== 'function') return value;
      return async (...given: unknown[]): Promise<unknown> => {
        await work();
        return Reflect.apply(value, target, given);
      };
    },
  });
  return { ...app, db };
}
