import type { ScheduleStore } from '../../shared/ports/schedule-store.ts';

/** The store with another answer of one method; null: its own. */
export function instead<K extends keyof ScheduleStore>(
  store: ScheduleStore,
  method: K,
  answer: () => Promise<never> | null,
): ScheduleStore {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      const own = value.bind(target) as (...args: unknown[]) => unknown;
      return key === method ? (...args: unknown[]) => answer() ?? own(...args) : own;
    },
  });
}
