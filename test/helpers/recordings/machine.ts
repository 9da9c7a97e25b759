import type { SimMachine } from '../../../services/simulator/world.ts';

/** A machine that can be switched off, once. */
export interface Machine {
  readonly machine: SimMachine;
  off(): void;
}

/** The machine below a node, up. */
export function createMachine(name: string): Machine {
  const listeners = new Set<() => void>();
  let up = true;
  const facts = { cluster: 'replay', name, bootId: 'boot', kernel: '6.1.0', osImage: 'Debian GNU/Linux 12' };
  const machine: SimMachine = {
    ...facts,
    get up() {
      return up;
    },
    onChange(listener) {
      const tell = () => listener(machine);
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
  };
  return {
    machine,
    off() {
      up = false;
      for (const listener of listeners) listener();
    },
  };
}
