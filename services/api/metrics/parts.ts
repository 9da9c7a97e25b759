/** What `/metrics` answers with. */
export interface ApiMetrics {
  readonly contentType: string;
  /** In Prometheus' text format. Never rejects for want of a store: then it says so. */
  text(): Promise<string>;
}
