import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { OrderMemory } from './memory.ts';

/** Clocks of two workers may differ, and what was read is a moment old. */
const SLACK_MS = 60_000;

/** When the host booted, ms since the epoch by our clock: that of a host may be wrong until it has asked for the time. */
export function bootedAtMs(facts: HostFacts, nowMs: number): number {
  return Math.round(nowMs - facts.uptimeSeconds * 1000);
}

/**
 * Throws StepError `reboot-not-proven` when the host has another boot id and yet has been up since before the order: a
 * restored snapshot, a container, another machine.
 */
export function proveBoot(order: OrderMemory, facts: HostFacts, host: string, nowMs: number): void {
  const atMs = bootedAtMs(facts, nowMs);
  if (atMs + SLACK_MS >= order.atMs) return;
  const iso = (ms: number): string => new Date(ms).toISOString();
  throw fail('reboot-not-proven', {
    message: `${host} has another boot id, but says that it has been up since before the reboot was ordered`,
    seen: `boot id ${facts.bootId}, up since ${iso(atMs)}; ordered ${iso(order.atMs)} under boot id ${order.bootId}, up since ${iso(order.bootedAtMs)}`,
  });
}
