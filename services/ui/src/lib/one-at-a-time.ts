/**
 * A question that may be wanted more often than it is answered: wanted while it is open, it is asked once more after that,
 * however often it was wanted. `ask` never rejects.
 */
export function oneAtATime(ask: () => Promise<void>): () => void {
  let isOpen = false;
  let isWanted = false;
  const go = async (): Promise<void> => {
    isOpen = true;
    while (isWanted) {
      isWanted = false;
      await ask();
    }
    isOpen = false;
  };
  return () => {
    isWanted = true;
    if (!isOpen) void go();
  };
}
