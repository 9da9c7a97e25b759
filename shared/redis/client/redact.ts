/**
 * The text with every secret of the Redis URLs in it replaced by `***`: passwords, and query parameters named like one.
 * Never throws, also for text that is no URL.
 */
export function redactUrl(text: string): string {
  return (
    text
      // Greedy up to the last @ before a blank: a password may hold / ? # or @ that nobody escaped.
      .replace(/([a-z][a-z0-9+.-]*:\/\/)([^\s@:]*):\S*@/gi, '$1$2:***@')
      .replace(/([?&][a-z]*password=)[^&\s]*/gi, '$1***')
  );
}
