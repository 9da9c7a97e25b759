type Listener = (signal: string) => void;

/**
 * Hands SIGINT and SIGTERM to the listener added last, if there is one; without any, the process ends as it would by
 * default. Returns the function that adds a listener; that one returns the way to take it away.
 */
export function interruptsOf(process: NodeJS.Process): (listener: Listener) => () => void {
  const listeners: Listener[] = [];
  const hear = (signal: string): void => listeners.at(-1)?.(signal);
  return listener => {
    if (listeners.length === 0) process.on('SIGINT', hear).on('SIGTERM', hear);
    listeners.push(listener);
    return () => {
      const at = listeners.lastIndexOf(listener);
      if (at !== -1) listeners.splice(at, 1);
      if (listeners.length === 0) process.off('SIGINT', hear).off('SIGTERM', hear);
    };
  };
}
