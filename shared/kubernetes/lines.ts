/**
 * Cuts a stream of bytes into lines, batch by batch as they arrive; characters split over chunks are joined. Cancels the
 * stream when the reader stops early.
 */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string[]> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const parts = (rest + (done ? decoder.decode() : decoder.decode(value, { stream: true }))).split('\n');
      rest = done ? '' : (parts.pop() ?? '');
      const lines = parts.filter(line => line.trim() !== '');
      if (lines.length > 0) yield lines;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
