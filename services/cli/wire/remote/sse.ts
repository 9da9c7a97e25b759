/** One event of a stream. */
export interface StreamEvent {
  /** Empty: it has none. */
  readonly id: string;
  readonly data: string;
}

/** The events in a stream of bytes (WHATWG, server-sent events), comments left out. What is cut off at the end is none. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncIterable<StreamEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let [id, data] = ['', [] as string[]];
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line !== '') {
        if (field === 'id') id = value;
        if (field === 'data') data.push(value);
        continue;
      }
      if (data.length > 0) yield { id, data: data.join('\n') };
      [id, data] = ['', []];
    }
  }
}
